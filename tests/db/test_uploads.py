"""Which files are still named is asked of both stores."""

import pytest

from consultation.process.models import IdentityMode
from surveys.models import Submission, SubmissionChannel, SubmissionRevision
from surveys.uploads.store import named_keys
from tests.plugins.application import make_settings
from tests.support.asked import make_round_of
from tests.support.questionnaires import question_of

FIRST, SECOND = "a" * 32, "b" * 32


def holding(key):
    value = {"key": key, "name": "é.pdf", "type": "pdf", "size": 5, "sha256": "0" * 64}
    return {"q_file": {"state": "answered", "value": value}}


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path, uploads=True)


def test_keys_are_found_in_drafts_and_in_earlier_revisions(app, store):
    with app.app_context(), store.transaction() as session:
        row = make_round_of(session, question_of("file"))
        answers = [holding(FIRST), {"q_file": {"state": "skipped", "value": None}}, {}]
        for number, given in enumerate(answers):
            draft = Submission(
                round_id=row.id,
                questionnaire_id=1,
                answer_hash=f"{number:064}",
                identity_mode=IdentityMode.ANONYMOUS,
                channel=SubmissionChannel.OPEN_LINK,
                language="en",
                answers=given,
            )
            session.add(draft)
            session.flush()
        earlier = SubmissionRevision(submission_id=draft.id, number=1, answers=holding(SECOND))
        session.add(earlier)
    with store.read_session() as session:
        assert named_keys(session) == {FIRST, SECOND}
