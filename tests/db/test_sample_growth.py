"""A sample that is drawn again gives answers that came later the chance that all others had."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from results.workbench import drawing, readings
from results.workbench.labels import audit_members
from results.workbench.models import SampleUnit
from tests.support.make import NOW
from tests.support.workbench import add_answers, make_coded_place

SEED = 7


@pytest.mark.parametrize("unit", SampleUnit)
@pytest.mark.parametrize("size", [20, 21, 40])
def test_what_was_drawn_is_the_head_of_the_order_whenever_answers_came(app, database, unit, size):
    with app.app_context(), database.transaction() as session:
        place, book = make_coded_place(session, 40)
        sample = readings.draw(session, book, 20, seed=SEED, by="analyst", now=NOW)
        sample.unit = unit
        before = audit_members(session, book)
        add_answers(session, place, ["Wages of workers matter."] * 120)
        keys = session.exec(select(Contribution.id)).all()
        missed = drawing.count_missed(sample, keys, {}, before)
        readings.draw(session, book, size, seed=SEED, by="analyst", now=NOW)
        after = audit_members(session, book)
        order = sorted(keys, key=lambda key: drawing.in_order(SEED, key))
        assert before < after
        assert after == set(order[: len(after)])
        # The later ones are three in four of all.
        assert 2 / 3 < len(after - before) / len(after) < 5 / 6
        assert missed == len(after - before)
        assert drawing.count_missed(sample, keys, {}, after) == 0
