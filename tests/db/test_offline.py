"""The demonstration's main line needs no network: it runs where every connection is refused."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from results.demo import build

ROOT = Path(__file__).parents[2]


def _prepare(environment):
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "demo", "prepare"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.demo
def test_the_demonstration_is_built_with_the_network_off(tmp_path):
    environment = {
        **os.environ,
        "POLYLOGUE_ENVIRONMENT": "development",
        "POLYLOGUE_INSTANCE": str(tmp_path),
        "PYTHONPATH": str(ROOT / "tests" / "plugins" / "offline"),
    }
    told = _prepare(environment)
    assert told.returncode == 0, told.stderr
    assert "Nobody gave these answers" in told.stdout
    people = [*(name for _email, name, _roles in build.ACCOUNTS), "Demo administrator"]
    for name in people:
        assert re.search(rf"{re.escape(name)} +http://\S+/sign-in/link/\w+", told.stdout), name
    assert told.stdout.count("/sign-in/link/") == len(people)
    secret = tmp_path / "development-secret.json"
    assert secret.stat().st_mode & 0o077 == 0
    again = _prepare(environment)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("/sign-in/link/") == len(people)
    assert "Computing" not in again.stdout  # a second start is quick


def test_production_refuses_to_start_without_a_secret(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("POLYLOGUE_")}
    told = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"],
        cwd=ROOT,
        env={**environment, "POLYLOGUE_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert "POLYLOGUE_SECRET_KEY is missing" in told.stderr
