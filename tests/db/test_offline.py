"""The demonstration's main line needs no network: it runs where every connection is refused."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from results.demo import build, coding

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


def _judge_the_codebook(path):
    """A codebook is in force: signed off, its shares in the run, the machine up to date."""
    with closing(sqlite3.connect(path)) as store:
        ((document,),) = store.execute("SELECT document FROM codebook_version").fetchall()
        ((body,),) = store.execute(
            "SELECT body FROM run_table WHERE name = 'themes' AND audience = 'committee'"
        ).fetchall()
        assert store.execute("SELECT count(*) FROM machine_coding").fetchone() == (1,)
        ((drawn,),) = store.execute("SELECT count(*) FROM audit_member").fetchall()
    assert json.loads(document)["left"] == 0
    themes = json.loads(body)
    # People are drawn, as many as bring so many answers on average; all they said is read.
    assert themes["n_audit"] == drawn
    assert coding.SAMPLE * 0.8 < drawn < coding.SAMPLE * 1.2
    for row in themes["rows"]:
        assert row["share"]["low"] < row["share"]["share"] < row["share"]["high"]
        assert row["share"]["share"] != row["share"]["naive"]


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
    _judge_the_codebook(tmp_path / "polylogue.sqlite3")
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
