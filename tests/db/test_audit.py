"""The audit log: an entry that is changed, taken out or cut off is noticed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from core import audit


@pytest.fixture
def verify(app, database):
    """Three acts; returns the command, and a way to touch the table behind its back."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        for number in range(3):
            target = f"jobs/{number}"
            audit.record(session, actor="cli", action="retry_job", target=target, now=now)

    def run(*arguments, after=""):
        if after:
            with database.transaction() as session:
                session.connection().execute(text(after))
        return app.test_cli_runner().invoke(args=["audit", "verify", *arguments])

    return run


def test_a_log_that_nobody_touched_is_whole(verify):
    told = verify()
    assert told.exit_code == 0
    assert "3 entries" in told.output


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE audit_entry SET target = 'jobs/9' WHERE id = 2", "2"),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = 1", "1"),
        ("DELETE FROM audit_entry WHERE id = 2", "3"),
    ],
)
def test_what_was_changed_or_taken_out_is_named(verify, change, named):
    told = verify(after=change)
    assert told.exit_code == 1
    assert f"at entries: {named}" in told.output


def test_a_seal_that_was_noted_shows_that_the_end_was_cut_off(verify):
    seal = verify().output.split()[-1]
    assert verify("--seal", seal).exit_code == 0
    cut = "DELETE FROM audit_entry WHERE id = 3"
    assert verify(after=cut).exit_code == 0
    told = verify("--seal", seal)
    assert told.exit_code == 1
    assert "cut off" in told.output
