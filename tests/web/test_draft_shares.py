"""The draft page of shares: of answers, of people where the sample can tell them, and why not else."""

import csv
import io

import numpy as np
import pytest
from sqlmodel import col, delete, select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.people.models import Target, TargetDimension
from consultation.process.models import Consultation, IdentityMode
from core.auth.permissions import Role
from core.db import get_database
from core.i18n import LANGUAGE_COOKIE
from results import refresh, theme_tables
from results.computing import themes as computing
from results.computing.inputs import Result
from results.workbench import coding, machine, readings, signoff
from results.workbench.labels import audit_members
from results.workbench.models import AuditMember, AuditSample, Purpose, Reading, SampleUnit
from results.workbench.queries import codebook_of, places, themes
from surveys.models import Submission
from tests.db.test_people_counted import asked_of, submit
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.workbench import (
    ACTOR,
    VOICES,
    add_answers,
    code_everything,
    make_codebook,
    say,
    sentences,
    truth,
)

URL = "/workbench/summit/shares"
HEADING = "People who raise a theme in any answer"


def named(number):
    """A person whose place in the order of chance is the same in every test."""
    return {"identity_mode": IdentityMode.PSEUDONYMOUS, "record_key": f"{number:064}"}


def code(session, book):
    """What a machine that errs once in ten says of every answer."""
    answers = session.exec(select(Contribution).order_by(col(Contribution.id))).all()
    true = np.array([[float(one in truth(row.text)) for one in VOICES] for row in answers])
    wrong = np.random.default_rng(6).random(true.shape) < 0.1
    said = np.abs(np.where(wrong, 1 - true, true) - 0.08)
    ids, half = tuple(row.id for row in answers), np.full(len(VOICES), 0.5)
    machine.save(session, book, machine.Result(ids, tuple(VOICES), said, half, {}, 0, 1.0), NOW)


@pytest.fixture
def place(app):
    """Forty-five people with two answers each, a third of which were drawn, and read by two."""
    return made(app, 30)


def made(app, audit_size):
    """Forty-five people with two answers each, and a sample of answers that was read by two."""
    database = get_database(app)
    with app.app_context(), database.transaction() as session:
        found = make_consultation(session)
        asked = asked_of(session, make_asked_round(session, consultation=found))
        book, _themes = make_codebook(session, found)
        texts = add_answers(session, found, [text for text, _theme in sentences(90)])
        for number, text in enumerate(texts):
            text.id = f"answer{number:020}"
        session.flush()
        for number in range(0, 90, 2):
            submit(session, asked, texts[number : number + 2], **named(number))
        code(session, book)
        code_everything(session, found, book, audit_size)
        account = make_account(session, consultation=found, roles=(Role.ANALYST,))
    return found, sign_in(app.test_client(), account)


def lines(client, language="en"):
    client.set_cookie(LANGUAGE_COOKIE, language)
    data = client.get("/workbench/summit/shares.csv").data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def of_people(rows):
    """What a table says of people: by theme, group and method, with what it rests on."""
    key = ("theme", "group_kind", "group", "weighting", "method")
    figures = ("share", "low", "high", "n", "audit_n", "audit_raised")
    return {
        tuple(row[name] for name in key): [row[name] for name in figures]
        for row in rows
        if row["unit"] == "people"
    }


def test_the_share_of_people_stands_beside_that_of_answers_overall_and_by_group(app, place):
    _found, analyst = place
    text = analyst.page(f"{URL}?by=sector").text()
    assert HEADING in text
    assert "45 people gave these answers." in text
    assert "15 people were drawn by chance, and all their answers were coded by people." in text
    assert "Share of people (95 % interval)" in text
    rows = lines(analyst)
    assert {row["unit"] for row in rows} == {"people", "answers"}
    overall = [row for row in rows if row["unit"] == "people" and row["group_kind"] == "all"]
    assert {(row["n"], row["audit_n"]) for row in overall} == {("45", "15")}
    assert {row["group_kind"] for row in rows if row["unit"] == "people"} == {
        *("all", "region", "sector", "region_sector")
    }
    for code in ("work", "privacy", "climate"):
        answers, people = (
            next(
                float(row["share"])
                for row in rows
                if (row["theme"], row["unit"], row["group_kind"]) == (code, unit, "all")
            )
            for unit in ("answers", "people")
        )
        # Two answers of a person seldom raise the same theme here.
        assert people > 1.4 * answers


def test_a_run_keeps_the_very_shares_of_people_that_the_draft_showed(app, place, tmp_path):
    found, analyst = place
    database = get_database(app)
    draft = of_people(lines(analyst))
    shown = [["".join(cell.itertext()) for cell in row] for row in analyst.page(URL).find("tr")]
    with database.transaction() as session:
        book = codebook_of(session, found)
        signoff.sign_off(session, book, ACTOR)
        said = machine.load(session, book)
    with app.app_context():
        inputs = refresh._prepare(database, found.slug, tmp_path, NOW).inputs
    signed = inputs.signed_off
    entries = [row for row in signed.document["themes"] if row["kind"] == "theme"]
    rows = computing._rows(inputs, signed)
    probability = said.probability[[said.rows[row["id"]] for row in rows]]
    probability = probability[:, [said.codes.index(entry["code"]) for entry in entries]]
    result = Result()
    coded = computing.Coded(
        *(signed, rows, entries, computing._labels(rows, entries, signed)),
        coding.Predictions(probability, said.thresholds),
    )
    computing.add_figures(result, inputs, coded)
    document = result.documents["themes"]
    assert document["people"] == {"n": 45, "n_unknown": 0, "n_audit": 15}
    ended = document["outcomes"]
    assert (ended["n"], sum(ended["all"].values()), sum(ended["sample"].values())) == (90, 90, 30)
    assert ended["all"]["none_of_the_above"] > 0
    for name, told in (
        ("none_of_the_above", "None of the above: about none of the themes"),
        ("undecided", "Undecided: too near the border to say"),
    ):
        assert [told, f"{ended['all'][name]} / 90", f"{ended['sample'][name]} / 30"] in shown
    kept = theme_tables.write_csv(theme_tables.lines(document, "en", "en"))
    run = of_people(csv.DictReader(io.StringIO(kept.decode("utf-8-sig"))))
    assert run == draft
    assert len(run) > 30


def test_answers_of_fewer_than_ten_people_give_no_valid_share(app):
    _found, analyst = made(app, 16)
    text = analyst.page(URL).text()
    assert "16 answers of the random sample were coded by people." in text
    said = "The coded answers of the random sample came from fewer than ten people"
    assert said in text
    assert said in analyst.page("/workbench/summit/sign-off").text()
    told = [row for row in lines(analyst) if row["weighting"] == "unweighted"]
    powered = [row for row in told if row["method"].startswith("prediction-powered")]
    assert {row["share"] for row in powered} == {""}
    overall = [row for row in powered if (row["unit"], row["group_kind"]) == ("answers", "all")]
    assert {(row["audit_n"], row["audit_people"]) for row in overall} == {("16", "8")}


def test_the_table_names_themes_and_groups_in_the_reader_s_language(app, place):
    found, analyst = place
    with get_database(app).transaction() as session:
        session.get(Consultation, found.id).languages = ["fr", "en"]
        book = themes(session, codebook_of(session, found))
        work = next(one for one in book if one.code == "work")
        work.name = {**work.name, "fr": "Travail"}
        session.exec(select(Contribution)).first().region = None
    for language, sector, unknown, name in (
        ("en", "Civil society", "Unknown", "Work"),
        ("fr", "Société civile", "Inconnu", "Travail"),
        ("ru", "Гражданское общество", "Неизвестно", "Travail"),
    ):
        rows = lines(analyst, language)
        names = {row["group"]: row["group_name"] for row in rows}
        assert names["civil_society"] == sector
        assert names["unknown"] == unknown
        assert names["africa|civil_society"].endswith(f" × {sector}")
        assert {row["name"] for row in rows if row["theme"] == "work"} == {name}


def test_a_codebook_file_says_how_many_answers_were_drawn(app, place):
    found, analyst = place
    with get_database(app).transaction() as session:
        drawn = len(audit_members(session, codebook_of(session, found)))
        session.exec(select(AuditSample)).one().size = drawn + 3
    document = analyst.get("/workbench/summit/codebook/export.json").json
    assert document["quality"]["sample"] == drawn


def test_targets_that_cannot_be_reached_are_told(app, place):
    found, analyst = place
    said = "There are no weighted shares: the targets cannot be reached."
    assert said not in analyst.page(URL).text()
    with get_database(app).transaction() as session:
        session.add(
            Target(
                consultation_id=found.id, dimension=TargetDimension.SECTOR, code="media", share=0.1
            )
        )
    assert said in analyst.page(URL).text()


def begin_by_answer(session, found, book):
    session.exec(select(AuditSample)).one().unit = SampleUnit.ANSWER


def leave_one_unsure(session, found, book):
    key = min(audit_members(session, book))
    session.exec(delete(Reading).where(col(Reading.contribution_id) == key))
    holders = places(session, book)
    answer = session.get(Contribution, key)
    for place in (1, 2):
        say(session, book, place, holders[place], answer, set(), unsure={*VOICES})


def forget_the_sample(session, found, book):
    session.exec(delete(AuditMember))
    session.exec(delete(AuditSample))


def forget_who_answered(session, found, book):
    session.exec(delete(Submission))


def leave_one_answer_each(session, found, book):
    for row in session.exec(select(Submission)).all():
        answers = dict(row.answers)
        contributions.withdraw(session, session.get(Contribution, answers.pop("q1")["value"]))
        row.answers = answers


def answer_once_more(session, found, book):
    """A person of the sample gave another answer, which the machine has coded and nobody drew."""
    drawn = audit_members(session, book)
    other = session.exec(
        select(Submission).where(
            col(Submission.id).not_in(
                [
                    row.id
                    for row in session.exec(select(Submission))
                    if row.answers["q0"]["value"] in drawn
                ]
            )
        )
    ).first()
    own = next(
        row for row in session.exec(select(Submission)) if row.answers["q0"]["value"] in drawn
    )
    own.answers = {**own.answers, "q2": other.answers["q0"], "q3": other.answers["q1"]}
    session.delete(other)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (begin_by_answer, "this sample was begun by answer"),
        (leave_one_unsure, "Of 1 answer no code stands so far"),
        (forget_the_sample, "when a random sample was drawn and read to its end"),
        (forget_who_answered, "the answers came from dialogues or other places"),
        (leave_one_answer_each, "Everybody gave one answer"),
        (answer_once_more, "people of the sample have 2 answers that are not in it"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_where_nothing_can_be_told_of_people_the_page_says_why(app, place, change, why):
    found, analyst = place
    with get_database(app).transaction() as session:
        change(session, found, codebook_of(session, found))
    text = analyst.page(URL).text()
    assert why in text[text.index(HEADING) :]
    assert "people gave these answers" not in text
    units = {row["unit"] for row in lines(analyst)}
    assert units == ({"people"} if change is leave_one_answer_each else {"answers"})


def test_a_larger_sample_takes_in_what_its_people_said_since(app, place):
    found, analyst = place
    with get_database(app).transaction() as session:
        answer_once_more(session, found, codebook_of(session, found))
    page = analyst.page("/workbench/summit/coders")
    analyst.submit(page.form("/sample"), {"size": "30"})
    text = analyst.page(URL).text()
    assert "Of 2 answers no code stands so far" in text
    with get_database(app).transaction() as session:
        book = codebook_of(session, found)
        for place_of_coder, account in places(session, book).items():
            while answer := readings.next_answer(session, book, place_of_coder, Purpose.AUDIT):
                say(session, book, place_of_coder, account, answer, truth(answer.text))
    assert "44 people gave these answers." in analyst.page(URL).text()


def test_answers_that_came_after_the_draw_are_told_and_are_taken_in_by_the_next(app, place):
    found, analyst = place
    told = "came after the random sample was drawn"
    assert told not in analyst.page(URL).text()
    with get_database(app).transaction() as session:
        book = codebook_of(session, found)
        begin_by_answer(session, found, book)
        add_answers(session, found, [text for text, _theme in sentences(90)])
        code(session, book)
        before = len(audit_members(session, book))
    text = analyst.page(URL).text()
    missed = int(text[: text.index(f" answers {told}")].rsplit(maxsplit=1)[-1])
    assert missed > 0
    page = analyst.page("/workbench/summit/coders")
    analyst.submit(page.form("/sample"), {"size": "30"})
    assert told not in analyst.page(URL).text()
    with get_database(app).transaction() as session:
        assert len(audit_members(session, codebook_of(session, found))) == before + missed
