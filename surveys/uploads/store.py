"""Files of respondents: in the instance folder, each under a random key, for nobody but by it.

A file is written before the answer that names it and is removed after the last answer that did:
`sweep` removes what no answer names. So a transaction that fails loses no file, and a withdrawn
response leaves none behind.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from core import jobs
from core.jobs import Handler, JobContext
from core.security import current_settings, new_token
from surveys.models import Submission, SubmissionRevision

FOLDER = "uploads"
KEY = re.compile(r"[a-z2-7]{32}\Z")
#: So much of the disk is left to the store, which often stands on the same one.
LEAST_FREE = 256 * 1024 * 1024
#: A file that no answer names may belong to a page that is still open.
GRACE = timedelta(days=1)
SWEEP = "sweep_uploads"
SWEEP_SECONDS = 6 * 3600.0


def are_open() -> bool:
    """Whether this installation takes files at all."""
    return current_settings().uploads


def has_room() -> bool:
    """Whether the disk has room for one more."""
    folder = current_settings().instance_path
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free > LEAST_FREE


def keep(content: bytes) -> str:
    """Write a file; its key is returned and stands nowhere else until an answer names it."""
    key = new_token()
    path = _path(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return key


def find(key: str) -> Path | None:
    """The file of a key, if there is one."""
    path = _path(key) if KEY.match(key) else None
    return path if path is not None and path.is_file() else None


def _path(key: str) -> Path:
    return current_settings().instance_path / FOLDER / key[:2] / key


def forget(session: Session, answers: Mapping[str, Any], now: datetime) -> None:
    """Remove the files of erased answers as soon as this transaction stands."""
    keys = sorted(keys_in(answers))
    if keys:
        jobs.enqueue(session, SWEEP, {"keys": keys}, now=now)


def sweep(context: JobContext) -> None:
    """Remove files that no answer names: the asked ones, else all that are a day old."""
    asked = [key for key in context.args.get("keys", ()) if KEY.match(key)]
    found = [_path(key) for key in asked] if asked else list(_old_files(datetime.now(UTC)))
    if not found:
        return
    with context.database.read_session() as session:
        named = named_keys(session)
    for path in found:
        if path.name.removesuffix(".part") not in named:
            path.unlink(missing_ok=True)


def _old_files(now: datetime) -> Iterator[Path]:
    for path in (current_settings().instance_path / FOLDER).glob("*/*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - GRACE:
            yield path


def named_keys(session: Session) -> set[str]:
    """The keys that any answer names, drafts and earlier revisions included."""
    found: set[str] = set()
    for table in (Submission, SubmissionRevision):
        holds_files = cast(col(table.answers), String).contains('"sha256"')
        for answers in session.exec(select(table.answers).where(holds_files)):
            found |= keys_in(answers)
    return found


def keys_in(answers: Mapping[str, Any]) -> set[str]:
    """The keys that a response names."""
    values = (answer.get("value") for answer in answers.values())
    return {str(value["key"]) for value in values if isinstance(value, Mapping) and "key" in value}


HANDLERS: dict[str, Handler] = {SWEEP: sweep}
SCHEDULE: tuple[tuple[str, float], ...] = ((SWEEP, SWEEP_SECONDS),)
