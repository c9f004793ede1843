"""The process that reads a file nobody trusts: `python -m surveys.interchange.xlsform.child`.

It takes a line of JSON and the file on its standard input and answers with JSON. It may neither
run long, nor take much memory, nor write anything.
"""

import json
import resource
import sys
from typing import Any, Final

CPU_SECONDS: Final = 5
MEMORY_BYTES: Final = 300_000_000
OUT_OF_MEMORY: Final = 3
MOST_OPEN_FILES: Final = 64


def _limit() -> None:
    """Bounds that the operating system keeps."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN_FILES, MOST_OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _leave_out_numpy() -> None:
    """The workbook reader would load it if it could, and half of the memory would be gone."""
    modules: dict[str, Any] = sys.modules
    modules.setdefault("numpy", None)


def _answer(request: dict[str, Any], data: bytes) -> str:
    from surveys.interchange.xlsform.importing import import_form  # noqa: PLC0415 - under the limits

    found = import_form(data, request["filename"], request["language"], frozenset(request["kinds"]))
    return json.dumps(found)


def main() -> int:
    """Read, answer, and never say more than that memory ran out."""
    _limit()
    _leave_out_numpy()
    sys.setrecursionlimit(2_000)
    request = json.loads(sys.stdin.buffer.readline())
    try:
        answer = _answer(request, sys.stdin.buffer.read())
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
