"""Read a file in a process of its own, with little time and memory."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from surveys.interchange.xlsform.child import OUT_OF_MEMORY
from surveys.interchange.xlsform.remarks import Place, Remark, Report

ROOT = Path(__file__).resolve().parents[3]
CHILD = "surveys.interchange.xlsform.child"
#: The bound is the processor time that the process allows itself, which a busy machine gives it
#: late. This is for a process that waits and does nothing.
WAIT_SECONDS = 180
#: What the process gets of our surroundings; no secret is among it.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}


def import_apart(data: bytes, filename: str, language: str, kinds: Iterable[str]) -> dict[str, Any]:
    """What `importing.import_form` gives, or a remark on why it gave nothing."""
    request = {"filename": filename, "language": language, "kinds": sorted(kinds)}
    given = json.dumps(request).encode() + b"\n" + data
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", CHILD],
            input=given,
            capture_output=True,
            timeout=WAIT_SECONDS,
            check=False,
            cwd=ROOT,
            env=_surroundings(),
        )
    except subprocess.TimeoutExpired:
        return _failed("took_too_long", "time")
    if done.returncode in _OUT_OF_TIME:
        return _failed("took_too_long", "time")
    if done.returncode == OUT_OF_MEMORY or b"MemoryError" in done.stderr:
        return _failed("too_much_memory", "size")
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return _failed("reader_failed", "")
    return found if done.returncode == 0 else _failed("reader_failed", "")


def _surroundings() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "OPENPYXL_LXML": "False"}


def _failed(code: str, feature: str) -> dict[str, Any]:
    report = Report(problems=[Remark(code, Place(), feature)])
    return {"document": {}, **report.as_data()}
