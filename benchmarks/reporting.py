"""The one JSON line of a benchmark, and a place of its own for what it stores."""

import json
import os
import platform
import resource
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from core.config import Settings
from core.db import get_database
from core.schema import upgrade

LIBRARIES = ("flask", "sqlmodel", "sqlalchemy", "numpy", "scikit-learn", "polars")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def peak_mb() -> float:
    """The most memory this process ever held, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def print_report(name: str, figures: dict[str, Any]) -> None:
    print(json.dumps({"benchmark": name, **figures, "on": machine()}, ensure_ascii=False))


@contextmanager
def fresh_settings(database_url: str | None = None) -> Iterator[Settings]:
    """Settings of an installation that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="polylogue-bench-") as name:
        folder = Path(name)
        yield Settings(
            environment="production",
            secret_key=secrets.token_urlsafe(48),
            database_url=database_url or f"sqlite:///{folder / 'bench.sqlite3'}",
            instance_path=folder,
            base_url="http://127.0.0.1",
            mail_folder=folder / "mail",
            worker_in_process=False,
        )


@contextmanager
def fresh_app(database_url: str | None = None) -> Iterator[Flask]:
    """An application with an empty, migrated store."""
    with fresh_settings(database_url) as settings:
        app = create_app(settings)
        upgrade(get_database(app))
        with app.app_context():
            yield app
        get_database(app).dispose()
