"""Typed settings, read only from POLYLOGUE_* variables.

A default is allowed only where it is right in production and harmless in public. The one
exception is development, which must be asked for by name.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from core.errors import SettingsError

LANGUAGES = ("en", "ar", "es", "fr", "ru", "zh")
MINIMUM_SECRET_LENGTH = 32
#: The largest file that a question may ask for, in bytes.
LARGEST_UPLOAD = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The one table of disclosure thresholds. A setting may raise a threshold, never lower it."""

    feedback_cell: int = 5
    public_count: int = 10
    small_cell_flag: int = 30

    @classmethod
    def from_settings(cls, environ: Mapping[str, str]) -> Self:
        floors = cls()
        chosen = cls(
            feedback_cell=_integer(environ, "POLYLOGUE_FEEDBACK_CELL", floors.feedback_cell),
            public_count=_integer(environ, "POLYLOGUE_PUBLIC_COUNT", floors.public_count),
            small_cell_flag=_integer(environ, "POLYLOGUE_SMALL_CELL_FLAG", floors.small_cell_flag),
        )
        for name, floor in (
            ("feedback_cell", floors.feedback_cell),
            ("public_count", floors.public_count),
            ("small_cell_flag", floors.small_cell_flag),
        ):
            if getattr(chosen, name) < floor:
                message = f"POLYLOGUE_{name.upper()} must be {floor} or more."
                raise SettingsError(message)
        return chosen


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation can choose; `docs/operations.md` explains each variable."""

    environment: str
    secret_key: str = field(repr=False)
    database_url: str
    instance_path: Path
    base_url: str
    languages: tuple[str, ...] = LANGUAGES
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    mail_folder: Path | None = None
    worker_in_process: bool = True
    job_lease_seconds: float = 60.0
    rate_limits: bool = True
    rate_storage: str = "memory://"
    trusted_proxies: int = 0
    log_level: str = "INFO"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    uploads: bool = False
    dask: str = ""
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        environment = environ.get("POLYLOGUE_ENVIRONMENT", "production")
        if environment not in {"production", "development"}:
            message = "POLYLOGUE_ENVIRONMENT must be 'production' or 'development'."
            raise SettingsError(message)
        instance = Path(environ.get("POLYLOGUE_INSTANCE", "instance")).resolve()
        port = _integer(environ, "POLYLOGUE_PORT", 8000)
        # Development writes mails to files unless told otherwise; production must be told.
        usual = str(instance / "mail") if environment == "development" else ""
        folder = environ.get("POLYLOGUE_MAIL_FOLDER", usual)
        return cls(
            environment=environment,
            secret_key=_secret(environ, environment, instance),
            database_url=environ.get(
                "POLYLOGUE_DATABASE_URL", f"sqlite:///{instance / 'polylogue.sqlite3'}"
            ),
            instance_path=instance,
            base_url=_base_url(environ, environment, port),
            languages=_languages(environ),
            smtp_url=environ.get("POLYLOGUE_SMTP_URL", ""),
            mail_from=environ.get("POLYLOGUE_MAIL_FROM", "polylogue@localhost"),
            mail_folder=Path(folder).resolve() if folder else None,
            worker_in_process=_boolean(environ, "POLYLOGUE_WORKER_IN_PROCESS", default=True),
            job_lease_seconds=_number(environ, "POLYLOGUE_JOB_LEASE_SECONDS", 60.0),
            rate_limits=_boolean(environ, "POLYLOGUE_RATE_LIMITS", default=True),
            rate_storage=environ.get("POLYLOGUE_RATE_STORAGE", "memory://"),
            trusted_proxies=_integer(environ, "POLYLOGUE_TRUSTED_PROXIES", 0),
            log_level=environ.get("POLYLOGUE_LOG_LEVEL", "INFO").upper(),
            host=environ.get("POLYLOGUE_HOST", "127.0.0.1"),
            port=port,
            threads=_integer(environ, "POLYLOGUE_THREADS", 8),
            uploads=_boolean(environ, "POLYLOGUE_UPLOADS", default=False),
            dask=environ.get("POLYLOGUE_DASK", ""),
            thresholds=Thresholds.from_settings(environ),
        )


def _secret(environ: Mapping[str, str], environment: str, instance: Path) -> str:
    """The secret key: always given in production; made once and kept in development."""
    given = environ.get("POLYLOGUE_SECRET_KEY", "")
    if given:
        if len(given) < MINIMUM_SECRET_LENGTH:
            message = (
                f"POLYLOGUE_SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters. "
                'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
            raise SettingsError(message)
        return given
    if environment == "production":
        message = (
            "POLYLOGUE_SECRET_KEY is missing. Production never invents a secret. Make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
        raise SettingsError(message)
    kept = instance / "development-secret.json"
    if not kept.exists():
        instance.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(json.dumps({"secret_key": secrets.token_urlsafe(48)}), encoding="utf-8")
    return str(json.loads(kept.read_text(encoding="utf-8"))["secret_key"])


def _base_url(environ: Mapping[str, str], environment: str, port: int) -> str:
    """The public address; links in mail use it and never the Host header of a request."""
    given = environ.get("POLYLOGUE_BASE_URL", "").rstrip("/")
    if given.startswith(("http://", "https://")):
        return given
    if given or environment == "production":
        message = (
            "POLYLOGUE_BASE_URL must be the public address of this installation, "
            "for example https://consultation.example.org"
        )
        raise SettingsError(message)
    return f"http://127.0.0.1:{port}"


def _languages(environ: Mapping[str, str]) -> tuple[str, ...]:
    given = environ.get("POLYLOGUE_LANGUAGES", "")
    chosen = tuple(code.strip() for code in given.split(",") if code.strip()) or LANGUAGES
    unknown = sorted(set(chosen) - set(LANGUAGES))
    if unknown:
        message = (
            f"POLYLOGUE_LANGUAGES names {', '.join(unknown)}; the interface speaks "
            f"{', '.join(LANGUAGES)}."
        )
        raise SettingsError(message)
    return chosen


def _integer(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        message = f"{name} must be a whole number."
        raise SettingsError(message)
    return int(text)


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environ.get(name, default))
    except ValueError:
        value = 0.0
    if value <= 0:
        message = f"{name} must be a number above zero."
        raise SettingsError(message)
    return value


def _boolean(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name, "yes" if default else "no").lower()
    if text not in {"yes", "no"}:
        message = f"{name} must be 'yes' or 'no'."
        raise SettingsError(message)
    return text == "yes"
