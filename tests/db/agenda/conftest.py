"""A summit with its committee and its run, for the tests of the agenda, on both stores."""

import pytest

from tests.support.agenda import (
    make_committee,
    make_run,
    make_summit,
)


@pytest.fixture
def place(store):
    """A summit, its committee and its published run, in an open transaction."""
    with store.open_session(read_only=False) as session:
        summit = make_summit(session)
        yield session, summit, make_committee(session, summit), make_run(session, summit)
