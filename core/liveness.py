"""Who does a job, in words that another process of the same machine can check."""

import os
import secrets
import socket
import threading
import time
from pathlib import Path

WATCH_SECONDS = 0.5


def owner_name() -> str:
    """Machine, process, its start (a process number is used again) and a word of the worker's."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}:{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Whether the owner is a process of this machine that is gone; not known means no."""
    host, _separator, rest = owner.partition(":")
    pid, _separator, rest = rest.partition(":")
    started = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


def die_with_parent() -> None:
    """End this process when the one that started it ends, however that happens."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def _started(pid: int) -> str:
    """When a process started, by the system's own count; empty where it does not run."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return status.rpartition(")")[2].split()[19]
