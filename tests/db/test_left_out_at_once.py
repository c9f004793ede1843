"""The list of what was left out is of one moment, whatever is withdrawn while it is read."""

from sqlalchemy import event

from analysis.text.quality import TextKind
from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from results.models import LeftOut
from results.workbench import sorting
from tests.support.agenda import make_run
from tests.support.make import make_consultation
from tests.support.workbench import add_answers, make_codebook


def test_an_answer_that_is_withdrawn_between_two_reads_breaks_no_page(store):
    with store.transaction() as session:
        place = make_consultation(session)
        book, _themes = make_codebook(session, place)
        run = make_run(session, place)
        answers = add_answers(session, place, ["No comment.", "n/a", "-"])
        for answer in answers:
            session.add(LeftOut(run_id=run.id, contribution_id=answer.id, kind=TextKind.NO_COMMENT))
        gone = answers[0].id
    reads = []

    def withdraw(_connection, _cursor, statement, *_more):
        """After the wordings were listed, before their answers are read."""
        reads.append(statement)
        if len(reads) == 2:
            with store.transaction() as session:
                contributions.withdraw(session, session.get(Contribution, gone))

    event.listen(store._reader, "after_cursor_execute", withdraw)
    rows, total = sorting.held_page(store, book, run, "no_comment", 0, 10)
    assert len(reads) > 3
    assert total == 3
    assert {row.answer.text for row in rows} == {"No comment.", "n/a", "-"}
    assert sorting.held_page(store, book, run, "no_comment", 0, 10)[1] == 2
