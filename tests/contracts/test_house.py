"""The house stays in order: sizes, names, layers, templates, documents."""

import re
import subprocess
from pathlib import Path

import pytest
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "consultation", "surveys", "analysis", "results")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def test_modules_stay_under_four_hundred_lines():
    long = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in MODULES}
    assert {name: size for name, size in long.items() if size > 400} == {}
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) <= 80


def test_there_are_no_drawers():
    assert [p for p in MODULES if p.stem in {"utils", "util", "helpers", "common", "misc"}] == []


def test_nobody_imports_the_application():
    inside = [
        p for p in MODULES if re.search(r"^(from|import) app\b", p.read_text("utf-8"), re.MULTILINE)
    ]
    assert inside == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_templates_hold_nothing_that_could_run_or_leave_the_machine(app, path):
    source = path.read_text("utf-8")
    tree = app.jinja_env.parse(source)
    assert "|safe" not in source.replace(" ", "")
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=|https?://", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script or 'type="application/json"' in script
    for imported in tree.find_all(nodes.FromImport):
        for name in imported.names:
            used = name[1] if isinstance(name, tuple) else name
            assert len(re.findall(rf"\b{used}\b", source)) > 1, f"{used} is imported for nothing"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_title_holds_a_tag(path):
    """A browser shows it as it is written; what another block says of it loses its tags first."""
    title = re.search(r"{% block title %}(.*?){% endblock %}", path.read_text("utf-8"), re.DOTALL)
    said = title[1] if title else ""
    assert "<" not in said
    for block in re.findall(r"{{ *(self\.[^}]*)}}", said):
        assert "striptags" in block


def tracked():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [ROOT / name for name in listed]


def test_the_repository_speaks_of_the_project_alone():
    # Put together here, so that this file does not hold them itself.
    folders = "|".join(("wo" + "rk", "fa" + "rm", "ro" + "ot", "ho" + "me"))
    words = re.compile(rf"/({folders})/")
    texts = [
        p for p in tracked() if p.suffix in {".py", ".md", ".html", ".toml", ".sh", ".txt", ""}
    ]
    wrong = [
        p.name
        for p in texts
        if p.is_file() and p != Path(__file__) and words.search(p.read_text("utf-8", "replace"))
    ]
    assert wrong == []


def test_no_file_holds_both_sides_of_a_merge():
    sides = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    for path in tracked():
        if path.suffix in {".md", ".py", ".html", ".po", ".json", ".txt", ".css", ".js", ".toml"}:
            assert not sides.search(path.read_text("utf-8")), path


def test_every_setting_is_documented():
    source = (ROOT / "core" / "config.py").read_text("utf-8")
    documented = (ROOT / "docs" / "operations.md").read_text("utf-8")
    settings = set(re.findall(r"POLYLOGUE_[A-Z_]+[A-Z]", source))
    assert len(settings) > 15
    assert {name for name in settings if name not in documented} == set()


def test_the_architecture_names_every_room_and_no_other():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {
        f"{p.parent.name}/{p.name}/"
        for room in ROOMS
        for p in (ROOT / room).iterdir()
        if p.is_dir() and any(p.glob("*.py"))
    }
    named = set(re.findall(r"`((?:core|consultation|surveys|analysis|results)/[a-z]+/)`", text))
    assert named == rooms


def test_every_decision_fits_a_page_and_is_listed():
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text("utf-8")
    decisions = sorted(folder.glob("0*.md"))
    assert len(decisions) >= 5
    for path in decisions:
        assert path.name in listed
        assert len(path.read_text("utf-8").splitlines()) <= 60


def test_the_owners_seven_are_in_the_lock_with_their_hashes():
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    for name in ("flask", "wtforms", "sqlmodel", "scikit-learn", "nltk", "plotly", "pytest"):
        assert re.search(rf"^{name}==", lock, re.MULTILINE)
    assert "http" not in re.sub(r"#.*", "", lock)
    assert lock.count("--hash=sha256:") > 300
