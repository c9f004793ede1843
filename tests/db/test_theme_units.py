"""Of what a share of a theme speaks: of people where each gave one answer, else of answers."""

from dataclasses import replace

import numpy as np
import pytest

from results import theme_tables
from results.publishing.themes import themes as gated
from results.workbench import by_person, population, readings, report
from results.workbench.coded import AUDIT
from results.workbench.labels import audit_members
from results.workbench.models import SampleUnit
from results.workbench.population import givers
from tests.db.test_people_counted import asked_of, submit
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_consultation
from tests.support.themes import raised, theme_figures, theme_inputs
from tests.support.workbench import VOICES, add_answers, make_codebook, make_coded_place


@pytest.fixture
def inputs(database):
    with database.transaction() as session:
        place, book = make_coded_place(session, 240)
        return theme_inputs(session, place, book, 90)


def figures(inputs, people):
    return theme_figures(replace(inputs, people=people)).documents["themes"]


def keys_of(inputs):
    return inputs.frozen.contributions["id"].to_list()


def width(document):
    return sum(row["share"]["high"] - row["share"]["low"] for row in document["rows"])


def test_where_everybody_gave_one_answer_shares_are_of_people(inputs):
    one_each = {key: number for number, key in enumerate(keys_of(inputs))}
    found = figures(inputs, one_each)
    assert (found["unit"], found["people"]) == (
        "people",
        {"n": 240, "n_unknown": 0, "untold": "one_each", "n_open": 0},
    )
    assert gated(found, 10)["unit"] == "people"
    assert {row["unit"] for row in theme_tables.lines(found, "en", "en")} == {"people"}
    assert width(found) == width(figures(inputs, {}))


def test_where_people_gave_several_shares_are_of_answers_and_their_number_is_told(inputs):
    # Every person speaks of one theme: answers of a person stand three apart.
    several = {key: number % 3 + 3 * (number // 15) for number, key in enumerate(keys_of(inputs))}
    found = figures(inputs, several)
    assert (found["unit"], found["people"]) == (
        "answers",
        {"n": 48, "n_unknown": 0, "untold": "by_answer", "n_open": 0},
    )
    assert width(found) > width(figures(inputs, {}))
    public = gated(found, 10)
    # How many gave several is nobody's business in public.
    assert public["unit"] == "answers"
    assert "people" not in public
    overall = [row for row in theme_tables.lines(found, "en", "en") if row["group_kind"] == "all"]
    assert {row["n_people"] for row in overall} == {48}


@pytest.mark.parametrize(
    "shares",
    [
        {"academia": 0.5, "government": 0.5},
        {"academia": 0.6, "civil_society": 0.3, "unknown": 0.1, "industry": 0.0},
    ],
)
def test_targets_that_cannot_be_reached_stop_no_run(inputs, shares):
    """Nobody of a group with a share answered."""
    reached = theme_figures(inputs).documents["themes"]["rows"][0]["weighted"]
    assert reached is not None
    found = theme_figures(replace(inputs, targets={"sector": shares})).documents["themes"]
    assert all(row["weighted"] is None for row in found["rows"])
    # The pages say why, where there are targets.
    assert found["has_targets"]
    assert not theme_figures(replace(inputs, targets={})).documents["themes"]["has_targets"]
    assert all(row["share"]["share"] is not None for row in found["rows"])


def test_answers_of_nobody_that_is_known_are_told_apart(inputs):
    some = {key: number for number, key in enumerate(keys_of(inputs)[:200])}
    found = figures(inputs, some)
    assert (found["unit"], found["people"]) == (
        "answers",
        {"n": 200, "n_unknown": 40, "untold": "by_answer", "n_open": 0},
    )


def test_an_answer_of_nobody_known_is_nobody_else_s():
    found = givers(["a", "b", "c", "d"], {"a": 0, "c": 0, "x": 7})
    assert found.numbers.tolist() == [0, 9, 0, 11]
    assert (found.n_people, found.n_unknown, found.is_one_each) == (1, 2, False)


def drawn_by_person(inputs, people, n_drawn=40):
    """The same, with a sample of people whose answers were all read."""
    chosen = set(np.random.default_rng(2).permutation(max(people.values()) + 1)[:n_drawn].tolist())
    rows = inputs.frozen.contributions.select("id", "text_hash").iter_rows()
    sample = {key: hashed for key, hashed in rows if people.get(key) in chosen}
    labels = {AUDIT: sorted(sample)}
    for key, hashed in sample.items():
        said = dict(zip(VOICES, raised(inputs.texts[key]), strict=True))
        yes = [code for code, value in said.items() if value]
        labels[key] = {"hash": hashed, "yes": yes, "no": [one for one in said if one not in yes]}
    document = {**inputs.signed_off.document, "sample": {"unit": "person"}}
    signed = replace(inputs.signed_off, document=document, labels=labels)
    return replace(inputs, people=people, signed_off=signed)


def test_a_sample_of_people_tells_the_share_of_people_who_raise_a_theme_in_any_answer(inputs):
    people = {key: number // 2 for number, key in enumerate(keys_of(inputs))}
    found = theme_figures(drawn_by_person(inputs, people)).documents["themes"]
    assert found["people"] == {"n": 120, "n_unknown": 0, "n_audit": 40}
    for place, row in enumerate(found["rows"]):
        own = {people[key] for key in people if raised(inputs.texts[key])[place]}
        share = row["people"]["share"]
        assert (share["base"], share["n_audit"]) == (120, 40)
        assert share["low"] <= len(own) / 120 <= share["high"]
        # Whoever gave two answers raises a theme more often than one answer does.
        assert share["share"] > row["share"]["share"]
        assert set(row["people"]["by"]) == {"region", "sector", "region_sector"}
        assert row["people"]["weighted"] is not None
    units = {row["unit"] for row in theme_tables.lines(found, "en", "en")}
    assert units == {"people", "answers"}
    assert "people" not in str(gated(found, 10)["rows"])


def test_a_sample_of_people_that_was_not_read_to_its_end_tells_nothing_of_people(inputs):
    people = {key: number // 2 for number, key in enumerate(keys_of(inputs))}
    drawn = drawn_by_person(inputs, people)
    unread = drawn.signed_off.labels[AUDIT][0]
    labels = {key: value for key, value in drawn.signed_off.labels.items() if key != unread}
    found = figures(replace(drawn, signed_off=replace(drawn.signed_off, labels=labels)), people)
    assert all("people" not in row for row in found["rows"])
    assert (found["people"]["untold"], found["people"]["n_open"]) == ("not_read", 1)
    # And an audit that was drawn by answer never does.
    assert all("people" not in row for row in figures(inputs, people)["rows"])


def test_of_a_person_an_unclear_answer_leaves_open_what_no_other_answer_settles():
    counted = report.Counted(
        probability=np.array([[0.9], [0.1], [0.4], [0.2], [0.7], [0.3]]),
        audit=np.array([0, 1, 2, 3, 4]),
        codes=np.array([[1.0], [np.nan], [np.nan], [0.0], [0.0]]),
        groups={"region": ["a", "b", None, "c", "d", "d"]},
        weights=np.ones(6),
        small=30,
        people=np.array([5, 5, 3, 3, 8, 8]),
    )
    found = by_person.of_people(counted, np.ones(6, dtype=bool))
    assert found.probability[:, 0].tolist() == [0.4, 0.9, 0.7]
    # The last person has an answer that nobody read: not a part of the sample that was read.
    assert found.audit.tolist() == [0, 1]
    assert np.isnan(found.codes[0, 0])
    assert found.codes[1, 0] == 1
    assert found.groups["region"] == ["c", "a", "d"]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5, 6, 7], [7, 2, 5, 0, 6, 3, 1, 4]])
def test_a_person_stands_in_the_group_of_most_answers_in_whatever_order_these_come(order):
    region = ["asia", "africa", "asia", None, None, None, "asia", None]
    sector = ["media", "media", None, None, None, "media", None, None]
    people = [0, 0, 0, 0, 0, 1, 1, 2]
    region, sector, people = ([values[n] for n in order] for values in (region, sector, people))
    counted = report.Counted(
        probability=np.full((8, 1), 0.5),
        audit=np.array([], dtype=np.int64),
        codes=np.zeros((0, 1)),
        groups={
            "region": region, "sector": sector, report.CROSSING: report.crossing(region, sector),
        },
        weights=None,
        small=30,
        people=np.array(people),
    )  # fmt: skip
    found = by_person.of_people(counted, np.ones(8, dtype=bool)).groups
    assert found["region"] == ["asia", "asia", None]
    assert found["sector"] == ["media", "media", None]
    assert found[report.CROSSING] == ["asia|media", "asia|media", "unknown|unknown"]


def test_people_are_drawn_with_all_their_answers_and_a_larger_sample_continues(database):
    with database.transaction() as session:
        place = make_consultation(session)
        asked = asked_of(session, make_asked_round(session, consultation=place))
        book, _themes = make_codebook(session, place)
        texts = add_answers(session, place, [f"An answer about work number {n}" for n in range(60)])
        for number in range(0, 60, 3):
            submit(session, asked, texts[number : number + 3])
        order = {"seed": 4, "by": "x", "now": NOW}
        sample = readings.draw(session, book, 15, **order)
        small = audit_members(session, book)
        assert sample.unit is SampleUnit.PERSON
        assert len(small) == 15
        people = population.people(session, book)
        assert len({people[key] for key in small}) == 5
        readings.draw(session, book, 30, **order)
        large = audit_members(session, book)
        assert small < large
        assert len({people[key] for key in large}) == 10
        # A sample that was begun by answer goes on by answer.
        sample.unit = SampleUnit.ANSWER
        readings.draw(session, book, 34, **order)
        assert len({people[key] for key in audit_members(session, book)}) > 10
