"""Forms that other people wrote: are they taken, and do they come back the same.

    python -m benchmarks.interchange FOLDER

One line a file: our verdict, pyxform's, and whether questionnaire -> .xlsx -> questionnaire gives
the same; the last line is JSON. pyxform is only an oracle; it runs in a process of its own, which
is stopped when it takes too long. A disagreement is a verdict that differs without our naming
something that is not offered here. Where pyxform ends with a fault of its own instead of a
refusal, that is no verdict against a form that we take; the last line names these files.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.reporting import print_report
from surveys.documents import QuestionnaireDocument
from surveys.interchange.xlsform.notices import Notice
from surveys.interchange.xlsform.read import Imported, read_xlsform
from surveys.interchange.xlsform.write import write_xlsform

SUFFIXES = {".xlsx", ".xls", ".csv", ".md"}
ORACLE_SECONDS = 60
ORACLE_BYTES = 2_000_000_000
LONGEST_REASON = 160
_LIBRARIES = ("openpyxl", "xlrd", "defusedxml", "pyxform")
_ORACLE = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from pyxform.xls2xform import convert
try:
    found = {"accepted": True, "reason": "", "warnings": convert(sys.argv[1], validate=False).warnings}
except Exception as error:
    name = type(error).__name__
    found = {"accepted": False, "reason": f"{name}: {error}", "warnings": []}
    found["has_crashed"] = name != "PyXFormError" and not isinstance(error, OSError)
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the oracle says; None where it said nothing in time."""

    accepted: bool | None
    reason: str = ""
    warnings: tuple[str, ...] = ()
    #: Whether it ended with a fault of its own and not with a refusal.
    has_crashed: bool = False

    @property
    def word(self) -> str:
        if self.accepted is None:
            return f"gives no verdict ({self.reason})"
        if self.has_crashed:
            return f"fails ({_short(self.reason)})"
        return "accepts" if self.accepted else f"rejects ({_short(self.reason)})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: str
    problem: Notice | None
    notices: int
    oracle: Verdict
    #: "" where the questionnaire came back the same, else where it differs; None for a refused one.
    difference: str | None
    seconds: float
    #: What pyxform says of the file that we write.
    export: Verdict | None = None

    @property
    def accepted(self) -> bool:
        return self.problem is None

    @property
    def is_disagreement(self) -> bool:
        if self.oracle.accepted is None or self.oracle.accepted == self.accepted:
            return False
        if self.accepted:
            return not self.oracle.has_crashed
        return not (self.problem and self.problem.feature)

    def line(self) -> str:
        """The line that is printed."""
        parts = [self.name, self._verdict(), f"pyxform {self.oracle.word}"]
        if self.difference is not None:
            parts.append(
                f"round trip differs: {self.difference}" if self.difference else "round trip equal"
            )
        if self.export is not None and self.export.accepted is False:
            parts.append(f"pyxform {self.export.word} our export")
        if self.is_disagreement:
            parts.append("DISAGREEMENT")
        return f"{' | '.join(parts)} [{self.seconds:.2f} s]"

    def _verdict(self) -> str:
        if self.problem is None:
            return f"accepted, {self.notices} notices"
        problem = self.problem
        where = ", ".join(
            part
            for part in (
                problem.sheet and f"sheet {problem.sheet}",
                f"row {problem.row}" if problem.row else "",
                problem.column and f"column {problem.column}",
            )
            if part
        )
        feature = f" [{problem.feature}]" if problem.feature else ""
        return f"refused: {where + ': ' if where else ''}{_short(problem.message)}{feature}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"


def ask_oracle(path: Path) -> Verdict:
    """Ask pyxform for its verdict on a file."""
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _ORACLE, str(path), str(ORACLE_BYTES)],
            capture_output=True,
            timeout=ORACLE_SECONDS,
            check=False,
            text=True,
        )
        found = json.loads(done.stdout.strip().rpartition("\n")[2])
    except subprocess.TimeoutExpired:
        return Verdict(None, "took too long")
    except ValueError:
        return Verdict(None, "ended without a word")
    has_crashed = bool(found.get("has_crashed"))
    return Verdict(found["accepted"], found["reason"], tuple(found["warnings"]), has_crashed)


def judge(path: Path, scratch: Path) -> Outcome:
    """Everything about one file."""
    oracle = ask_oracle(path)
    started = time.perf_counter()
    imported = read_xlsform(path.read_bytes(), path.name)
    seconds = time.perf_counter() - started
    if imported.problems:
        problem = _first(imported)
        return Outcome(path.name, problem, len(imported.notices), oracle, None, seconds)
    document = QuestionnaireDocument.model_validate(imported.document)
    scratch.write_bytes(write_xlsform(document))
    difference = compare(document, read_xlsform(scratch.read_bytes(), scratch.name))
    export = ask_oracle(scratch)
    notices = len(imported.notices)
    return Outcome(path.name, None, notices, oracle, difference, seconds, export)


def _first(imported: Imported) -> Notice:
    """The problem to show: a mistake of the form before something that is only not offered."""
    return min(imported.problems, key=lambda problem: bool(problem.feature))


def compare(document: QuestionnaireDocument, again: Imported) -> str:
    """Where the questionnaire that came back differs; "" for nowhere."""
    if again.problems:
        problem = again.problems[0]
        return f"refused again: {problem.sheet} {problem.row} {_short(problem.message)}"
    other = QuestionnaireDocument.model_validate(again.document)
    found = list(differences(document.model_dump(mode="json"), other.model_dump(mode="json"), ""))
    return _short("; ".join(found[:3]))


def differences(first: Any, second: Any, place: str) -> Iterator[str]:
    """The places where two documents differ."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in dict.fromkeys([*first, *second]):
            if key not in first or key not in second:
                yield f"{place}.{key} is on one side only"
            else:
                yield from differences(first[key], second[key], f"{place}.{key}")
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for number, (left, right) in enumerate(zip(first, second, strict=True)):
            yield from differences(left, right, f"{place}[{number}]")
    elif first != second:
        yield f"{place}: {first!r} and {second!r}"


def figures(outcomes: list[Outcome], failures: list[str]) -> dict[str, Any]:
    """The last line."""
    refused = [outcome for outcome in outcomes if not outcome.accepted]
    features = Counter(o.problem.feature for o in refused if o.problem and o.problem.feature)
    return {
        "files": len(outcomes),
        "accepted": len(outcomes) - len(refused),
        "refused": len(refused),
        "refused_naming_a_feature": sum(features.values()),
        "features": dict(features.most_common()),
        "without_a_verdict": [o.name for o in outcomes if o.oracle.accepted is None],
        "pyxform_failures": [o.name for o in outcomes if o.oracle.has_crashed],
        "failures": failures,
        "disagreements": [outcome.name for outcome in outcomes if outcome.is_disagreement],
        "round_trip_equal": sum(outcome.difference == "" for outcome in outcomes),
        "exports_taken_by_pyxform": sum(
            outcome.export is not None and outcome.export.accepted is True for outcome in outcomes
        ),
        "slowest_seconds": round(max((o.seconds for o in outcomes), default=0.0), 2),
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def main() -> None:
    """Judge every form in a folder, the folders below included."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    outcomes: list[Outcome] = []
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="polylogue-bench-") as name:
        for path in paths:
            try:
                outcomes.append(judge(path, Path(name) / "export.xlsx"))
            except Exception as error:  # noqa: BLE001 - one broken file must not hide the others
                failures.append(path.name)
                print(f"{path.name} | OUR FAILURE: {type(error).__name__}: {_short(str(error))}")
            else:
                print(outcomes[-1].line(), flush=True)
    print_report("interchange", figures(outcomes, failures))


if __name__ == "__main__":
    main()
