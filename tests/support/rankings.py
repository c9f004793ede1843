"""Ballots of a ranking question, straight into the store."""

from sqlmodel import Session, select

from consultation.process.models import Round
from surveys.models import RoundQuestionnaire, Submission, SubmissionChannel, SubmissionState
from tests.support.make import NOW

ORDERS = (["rights", "water"], ["water", "rights"], ["work", "rights"])


def add_ballots(session: Session, row: Round, number: int) -> None:
    """Rights lead; regions and sectors take turns."""
    asked = session.exec(
        select(RoundQuestionnaire).where(RoundQuestionnaire.round_id == row.id)
    ).one()
    session.add_all(
        Submission(
            round_id=row.id,
            questionnaire_id=asked.questionnaire_id,
            answer_hash=f"{place:064d}",
            identity_mode=row.identity_mode,
            state=SubmissionState.SUBMITTED,
            channel=SubmissionChannel.OPEN_LINK,
            language="en",
            answers={
                "order": {
                    "state": "answered",
                    "value": ORDERS[(place // 2) % 3 % (1 + place % 2)],
                }
            },
            region=("african", "weog", None)[place % 3],
            sector=("academia", "industry")[place % 2],
            country=("KE", "FR", None)[place % 3],
            submitted_on=NOW.date(),
            revision=1,
        )
        for place in range(number)
    )
    session.flush()
