"""LimeSurvey: every type and rule comes in, old and hostile files are refused with a word."""

import csv
from io import StringIO

import pytest

from surveys.documents import QuestionnaireDocument
from surveys.interchange.limesurvey.read import read_lss
from surveys.interchange.limesurvey.write import write_limesurvey
from surveys.questions import REGISTRY
from tests.support.limesurvey import Lss
from tests.support.questionnaires import document_of, question_of

PARTS = [("p1", "First"), ("p2", "Second")]
ANSWERS = [("a1", "One"), ("a2", "Two"), ("a3", "Three")]
ROWS = {"scale_id": 0}, {"scale_id": 1}
#: A letter of theirs: what a question needs, and the kinds that it becomes here.
TYPES = {
    "L": ({"answers": ANSWERS}, ["single_choice"]),
    "!": ({"answers": ANSWERS, "other": "Y"}, ["single_choice"]),
    "O": ({"answers": ANSWERS}, ["single_choice", "long_text"]),
    "5": ({}, ["rating_scale"]),
    "Y": ({}, ["single_choice"]),
    "G": ({}, ["single_choice"]),
    "M": ({"parts": PARTS, "other": "Y"}, ["multiple_choice"]),
    "P": ({"parts": PARTS}, ["multiple_choice", "short_text", "short_text"]),
    "F": ({"parts": PARTS, "answers": ANSWERS}, ["matrix"]),
    "H": ({"parts": PARTS, "answers": ANSWERS}, ["matrix"]),
    "A": ({"parts": PARTS}, ["matrix"]),
    "B": ({"parts": PARTS}, ["matrix"]),
    "C": ({"parts": PARTS}, ["matrix"]),
    "E": ({"parts": PARTS}, ["matrix"]),
    "R": ({"answers": ANSWERS}, ["ranking"]),
    "S": ({}, ["short_text"]),
    "T": ({}, ["long_text"]),
    "U": ({}, ["long_text"]),
    "Q": ({"parts": PARTS}, ["short_text", "short_text"]),
    "N": ({}, ["number"]),
    "K": ({"parts": PARTS}, ["number", "number"]),
    "D": ({}, ["date"]),
    "|": ({}, ["file"]),
    "X": ({}, ["note"]),
}


def kinds_in(found):
    return [
        question["kind"]
        for section in found.document["sections"]
        for question in section["questions"]
    ]


def questions_in(found):
    assert found.problems == ()
    document = QuestionnaireDocument.model_validate(found.document)
    return document.by_code


@pytest.fixture
def survey():
    made = Lss("en", "fr")
    made.title({"en": "A survey", "fr": "Une enquête"})
    return made


@pytest.mark.usefixtures("page")
def test_every_type_has_its_counterpart_and_both_languages(survey):
    for place, (letter, (more, _kinds)) in enumerate(TYPES.items()):
        survey.question(letter, f"Q{place}", {"en": "What?", "fr": "Quoi ?"}, **more)
    found = read_lss(survey.data())
    assert found.problems == ()
    assert kinds_in(found) == [kind for _more, kinds in TYPES.values() for kind in kinds]
    assert found.document["languages"] == ["en", "fr"]
    assert found.document["title"] == {"en": "A survey", "fr": "Une enquête"}
    assert questions_in(found)["Q0"].label == {"en": "What?", "fr": "Quoi ?"}


@pytest.mark.usefixtures("page")
def test_grids_and_two_scales_become_questions_of_ours(survey):
    grid = [("r", "Row", ROWS[0]), ("c1", "Left", ROWS[1]), ("c2", "Right", ROWS[1])]
    survey.question(":", "numbers", parts=grid)
    survey.question(";", "texts", parts=grid)
    scales = [
        ("l", "Low", ROWS[0]),
        ("h", "High", ROWS[0]),
        ("n", "Never", ROWS[1]),
        ("o", "Often", ROWS[1]),
    ]
    survey.question("1", "dual", parts=PARTS, answers=scales)
    found = read_lss(survey.data())
    assert found.problems == ()
    assert kinds_in(found) == ["number"] * 2 + ["short_text"] * 2 + ["matrix"] * 2
    assert {notice.place for notice in found.notices} == {"numbers", "texts", "dual"}


@pytest.mark.usefixtures("page")
def test_relevance_and_conditions_of_both_generations_come_along(survey):
    survey.question("L", "first", answers=ANSWERS)
    first = survey.tables["questions"][0]["qid"]
    survey.question("S", "named", relevance="first.NAOK == 'a2'")
    second = survey.question("S", "older")
    survey.row(
        "conditions",
        cid=1,
        qid=second,
        cqid=first,
        cfieldname=f"{survey.sid}X{survey.gid}X{first}",
        method="==",
        value="a1",
        scenario=1,
    )
    survey.group("Second group", relevance="first.NAOK != 'a3'")
    survey.question("S", "last")
    found = read_lss(survey.data())
    known = questions_in(found)
    assert known["named"].relevant == "${first} = 'a2'"
    assert known["older"].relevant == "${first} = 'a1'"
    assert found.document["sections"][1]["relevant"] == "${first} != 'a3'"


@pytest.mark.usefixtures("page")
def test_attributes_become_settings_or_are_named(survey):
    survey.question("M", "some", parts=PARTS, attributes={"max_answers": 1, "min_answers": 1})
    survey.question("T", "words", attributes={"maximum_chars": 50}, mandatory="Y")
    survey.question("N", "number", attributes={"min_num_value_n": 2, "max_num_value_n": 9})
    survey.question("R", "order", answers=ANSWERS, attributes={"max_answers": 2})
    survey.question("K", "points", parts=PARTS, attributes={"equals_num_value": 10})
    survey.question("S", "odd", attributes={"location_mapservice": 1})
    found = read_lss(survey.data())
    known = questions_in(found)
    assert known["some"].settings["max_choices"] == 1
    assert known["words"].settings["max_length"] == 50
    assert known["words"].required is True
    assert (known["number"].settings["minimum"], known["number"].settings["maximum"]) == (2, 9)
    assert known["order"].settings["top"] == 2
    assert (known["points"].kind, known["points"].settings["total"]) == ("points", 10)
    assert [notice.column for notice in found.notices if notice.place == "odd"] == [
        "location_mapservice"
    ]


@pytest.mark.usefixtures("page")
def test_quotas_and_codes_that_meet_come_along(survey):
    qid = survey.question("L", "first", answers=[("x", "X"), ("X", "Other x")])
    survey.row("quota", id=7, sid=survey.sid, name="Enough", qlimit=5, action=1, active=1)
    survey.row("quota_members", id=1, sid=survey.sid, qid=qid, quota_id=7, code="x")
    found = read_lss(survey.data())
    (quota,) = found.document["quotas"]
    assert (quota["limit"], quota["condition"]) == (5, "${first} = 'x'")
    codes = [one["code"] for one in questions_in(found)["first"].settings["options"]]
    assert len({code.lower() for code in codes}) == 2
    assert any("“X”" in notice.message for notice in found.notices)


@pytest.mark.parametrize(
    ("relevance", "word"),
    [
        ("first.NAOK == 'a1' and shell('ls')", "shell"),
        ("nobody.NAOK == 'a1'", "nobody"),
        ("(" * 500 + "1" + ")" * 500, "nested"),
        ("first.NAOK = 'a1'", "="),
    ],
    ids=["function", "unknown", "deep", "assignment"],
)
@pytest.mark.usefixtures("page")
def test_rules_without_counterpart_are_problems_that_name_the_place(survey, relevance, word):
    survey.question("L", "first", answers=ANSWERS)
    survey.question("S", "second", relevance=relevance)
    found = read_lss(survey.data())
    assert found.document is None
    assert [problem.place for problem in found.problems] == ["second"]
    assert word in found.problems[0].message


@pytest.mark.usefixtures("page")
def test_words_of_a_hostile_survey_stay_words(survey):
    script = "<script>alert(1)</script><b>Bold</b> {{7*7}} <img src=x onerror=alert(1)>"
    survey.question("L", "first", script, answers=[("a", script)])
    found = read_lss(survey.data())
    label = questions_in(found)["first"].label["en"]
    assert "<" not in label
    assert "Bold" in label
    assert "onerror" not in str(found.document)
    assert found.notices


@pytest.mark.parametrize("version", [0, 178, 399])
@pytest.mark.usefixtures("page")
def test_files_of_old_versions_are_refused_with_the_way_out(version):
    old = Lss("en", version=version)
    old.title("Old")
    old.question("S", "first")
    found = read_lss(old.data())
    assert found.document is None
    assert f"DBVersion is {version}" in found.problems[0].message
    assert "export it again" in found.problems[0].message


@pytest.mark.usefixtures("page")
def test_a_survey_with_texts_in_its_questions_is_old_whatever_it_says(survey):
    survey.question("S", "first")
    del survey.tables["question_l10ns"]
    found = read_lss(survey.data())
    assert "old LimeSurvey" in found.problems[0].message


@pytest.mark.usefixtures("page")
def test_two_questions_of_one_number_are_refused_in_words(survey):
    choice = survey.question("L", "first", answers=[("A1", "One"), ("A2", "Two")])
    survey.question("M", "second", parts=[("SQ1", "One"), ("SQ2", "Two")])
    for table in ("questions", "question_l10ns"):
        for row in survey.tables[table]:
            row["qid"] = choice
    found = read_lss(survey.data())
    assert found.document is None
    assert [problem.message for problem in found.problems] == [
        f"Two questions have the number {choice}."
    ]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><document>&b;</document>'
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<document>&x;</document>"
)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (BOMB, "document type"),
        (EXTERNAL, "document type"),
        (b"", "well-formed"),
        (b"PK\x03\x04 no xml", "well-formed"),
        (b"<document><unfinished>", "well-formed"),
        (b'<?xml version="1.0" encoding="UTF-16"?><document/>', "well-formed"),
        (b'<?xml version="1.0" encoding="nonsense"?><document/>', "well-formed"),
        (b'<?xml version="1.0" encoding="UTF-8"?><document>\xff</document>', "well-formed"),
        (b"<html><body/></html>", "no file of LimeSurvey"),
        (b"<document>" + b"<a>" * 100 + b"</a>" * 100 + b"</document>", "no file of LimeSurvey"),
        (b"<!--" + b"x" * 8_000_000 + b"--><document/>", "too big"),
    ],
    ids=[
        *("entities", "external entity", "empty", "archive", "unfinished", "utf-16"),
        *("unknown encoding", "not utf-8", "html", "deep", "huge"),
    ],
)
@pytest.mark.usefixtures("page")
def test_hostile_files_are_refused_with_a_word(data, word):
    found = read_lss(data)
    assert found.document is None
    assert word in found.problems[0].message


@pytest.mark.usefixtures("page")
def test_too_long_a_text_and_too_many_rows_are_refused(survey):
    survey.question("S", "first", "x" * 60_000)
    assert "longer than" in read_lss(survey.data()).problems[0].message
    many = Lss("en")
    for place in range(501):
        many.row("groups", gid=place, group_order=place)
    assert "more than 500 rows" in read_lss(many.data()).problems[0].message


def rows_of(found):
    return list(csv.DictReader(StringIO(found.data.decode("utf-8-sig")), delimiter="\t"))


@pytest.mark.parametrize("kind", sorted(REGISTRY))
@pytest.mark.usefixtures("page")
def test_every_type_goes_out_or_is_named(kind):
    document = QuestionnaireDocument.model_validate(document_of(question_of(kind)))
    found = write_limesurvey(document)
    rows = rows_of(found)
    assert rows[0]["class"] == "S"
    classes = {row["class"] for row in rows}
    assert "Q" in classes or [problem.feature for problem in found.problems] == [kind]
    for row in rows:
        if row["class"] == "Q":
            assert len(row["name"]) <= 20
            assert row["name"].isalnum()
        if row["class"] == "A":
            assert len(row["name"]) <= 5
    assert {row["language"] for row in rows if row["class"] == "Q"} <= {"en", "ar"}


@pytest.mark.usefixtures("page")
def test_what_goes_out_carries_conditions_and_tells_shortened_codes():
    options = [{"code": code, "label": {"en": code}} for code in ("female", "femal", "male")]
    document = QuestionnaireDocument.model_validate(
        document_of(
            question_of("single_choice", code="who", settings={"options": options}),
            question_of("short_text", code="more", relevant="${who} = 'female'"),
        )
    )
    found = write_limesurvey(document)
    rows = rows_of(found)
    codes = [r["name"] for r in rows if r["class"] == "A" and r["language"] == "en"]
    assert len(set(codes)) == 3
    assert any("female" in notice.message for notice in found.notices)
    (more,) = (r for r in rows if r["name"] == "more" and r["language"] == "en")
    assert more["relevance"] == f"(who.NAOK == '{codes[0]}')"
