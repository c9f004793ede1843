"""Words of groups count people: whoever gave several answers counts once."""

from sqlalchemy import event
from sqlmodel import select

from consultation.process.models import IdentityMode
from results.workbench import jobs, population
from results.workbench.population import Answer
from surveys.models import RoundQuestionnaire, Submission, SubmissionChannel, SubmissionState
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_consultation
from tests.support.workbench import add_answers, make_codebook


def asked_of(session, row):
    return session.exec(
        select(RoundQuestionnaire).where(RoundQuestionnaire.round_id == row.id)
    ).one()


def submit(session, asked, texts, **values):
    """A response whose free answers are these contributions."""
    fields = {"identity_mode": IdentityMode.ANONYMOUS, "state": SubmissionState.SUBMITTED, **values}
    is_draft = fields["state"] is SubmissionState.DRAFT
    session.add(
        Submission(
            round_id=asked.round_id,
            questionnaire_id=asked.questionnaire_id,
            answer_hash=texts[0].id.rjust(64, "0"),
            channel=SubmissionChannel.OPEN_LINK,
            language="en",
            answers={
                f"q{number}": {"state": "answered", "value": text.id, "is_text": True}
                for number, text in enumerate(texts)
            }
            | {"scale": {"state": "answered", "value": 3}},
            submitted_on=None if is_draft else NOW.date(),
            **fields,
        )
    )
    session.flush()


def test_one_person_is_one_number_over_answers_and_rounds_of_one_pseudonym(database):
    with database.transaction() as session:
        place = make_consultation(session)
        asked = asked_of(session, make_asked_round(session, consultation=place))
        book, _themes = make_codebook(session, place)
        texts = add_answers(session, place, [f"An answer about work number {n}" for n in range(9)])
        submit(session, asked, texts[:2])
        submit(session, asked, texts[2:3])
        pseudonym = {"identity_mode": IdentityMode.PSEUDONYMOUS, "record_key": "a" * 64}
        submit(session, asked, texts[3:5], **pseudonym)
        submit(session, asked, texts[5:6], **pseudonym)
        submit(session, asked, texts[6:7], state=SubmissionState.DRAFT)
        other = make_consultation(session, slug="other")
        elsewhere = asked_of(session, make_asked_round(session, consultation=other))
        (foreign,) = add_answers(session, other, ["An answer of another consultation"])
        submit(session, elsewhere, [foreign])
        found = population.people(session, book)
        own = [found.get(text.id) for text in texts]
        assert own[0] == own[1] != own[2]
        assert own[3] == own[4] == own[5]
        assert own[6:] == [None] * 3
        assert foreign.id not in found
        assert len(set(own) - {None}) == 3


def test_the_words_of_one_loud_person_are_no_words_of_the_group():
    """Forty answers of one person and forty of forty people, all with a word of their own."""

    def answers(region, word, first):
        return [
            (Answer(f"{region}{n}", "en", region, None), f"we speak of {word} number{first + n}")
            for n in range(40)
        ]

    said = [*answers("africa", "pipelines", 0), *answers("europe", "wages", 40)]
    apart = {group["group"]: group for group in jobs._keyness(said, {})["region"]}
    assert [term["term"] for term in apart["africa"]["terms"]] == ["pipelines"]
    assert (apart["africa"]["n"], apart["africa"]["answers"]) == (40, 40)
    loud = {f"africa{n}": 0 for n in range(40)}
    once = {group["group"]: group for group in jobs._keyness(said, loud)["region"]}
    assert (once["africa"]["n"], once["africa"]["answers"]) == (1, 40)
    assert once["africa"]["terms"] == []


def test_the_store_finds_the_texts_of_an_answer_and_no_answer_is_read_whole(store):
    """On both stores; words beside a choice, and answers without words, among them."""
    with store.transaction() as session:
        place = make_consultation(session)
        asked = asked_of(session, make_asked_round(session, consultation=place))
        texts = add_answers(session, place, [f"An answer about work number {n}" for n in range(4)])
        submit(session, asked, texts[:2])
        submit(session, asked, texts[2:3])
        (second,) = session.exec(
            select(Submission).where(Submission.answer_hash == texts[2].id.rjust(64, "0"))
        )
        second.answers = {
            **second.answers,
            "other": {"state": "answered", "value": ["a"], "text_id": texts[3].id},
            "empty": {"state": "answered", "value": ["a"], "text_id": ""},
            "none": {"state": "skipped", "value": None, "is_text": False, "text_id": None},
            "unsaid": {"state": "skipped", "is_text": True},
        }
        session.flush()
        keys, number = [text.id for text in texts], place.id
    columns = []
    event.listen(
        store._reader,
        "after_cursor_execute",
        lambda _c, cursor, *_more: columns.extend(one[0] for one in cursor.description or ()),
    )
    with store.read_session() as session:
        owners = population.owners_of(session, number)
    assert set(owners) == set(keys)
    assert owners[keys[0]] == owners[keys[1]] != owners[keys[2]] == owners[keys[3]]
    assert columns
    assert "answers" not in columns
