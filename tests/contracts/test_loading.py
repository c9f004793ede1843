"""What a server loads before it can answer: nothing that only jobs compute with."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("scipy.stats", "scipy.optimize", "scipy.sparse", "sklearn", "nltk", "openpyxl")
ROOMS = ("core", "consultation", "surveys", "results")


def later_modules():
    """Every module that is named in a call of `Later`."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Later":
                    yield node.args[0].value


def test_the_application_starts_without_what_only_jobs_compute_with():
    code = f"import sys, app; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(set(later_modules())))
def test_what_is_loaded_later_exists(name):
    assert import_module(name).__name__ == name
