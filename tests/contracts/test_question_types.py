"""Every question type goes the whole way: settings, form, store, edit, cells, measures, pages."""

import json
import math
from html import unescape
from io import BytesIO

import pytest
from flask import render_template
from werkzeug.datastructures import FileStorage, MultiDict

from analysis.types import AnswerState
from core.i18n import force_locale
from surveys.documents import QuestionnaireDocument
from surveys.forms import attach, build_form, error_places, stored_data
from surveys.preflight import findings, settings_of, strings
from surveys.questions import REGISTRY
from surveys.questions.base import Shape, field_name, is_answered
from tests.support.questionnaires import POSTED, SETTINGS, document_of, question_of

KINDS = sorted(REGISTRY)
CLOSED = sorted(kind for kind in REGISTRY if SETTINGS[kind].get("no_opinion"))
ASKING = sorted(kind for kind in REGISTRY if not REGISTRY[kind].is_silent)
SEED = 12345


def test_every_type_has_a_sample():
    assert set(SETTINGS) == set(REGISTRY) == set(POSTED)


def test_every_type_has_a_name_and_a_template_and_says_what_it_may_be_told(asking_app):
    for kind, type_ in REGISTRY.items():
        assert type_.kind == kind
        assert asking_app.jinja_env.get_template(f"questions/{kind}.html")
        assert type_.settings.model_json_schema()["additionalProperties"] is False
    with asking_app.test_request_context("/"):
        names = [str(type_.name) for type_ in REGISTRY.values()]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_with_it_is_the_same_after_a_round_trip(kind):
    document = QuestionnaireDocument.model_validate(document_of(question_of(kind)))
    stored = json.loads(document.model_dump_json())
    assert QuestionnaireDocument.model_validate(stored) == document
    told = settings_of(document.by_code[f"q_{kind}"])
    assert type(told).model_validate(json.loads(told.model_dump_json())) == told


def presented(kind, answer=None, **changes):
    document = QuestionnaireDocument.model_validate(document_of(question_of(kind, **changes)))
    question = document.by_code[f"q_{kind}"]
    settings = settings_of(question).model_dump(mode="json")
    question = question.model_copy(update={"settings": {**settings, **question.settings}})
    return REGISTRY[kind].present(question, SEED, answer)


def section_with(question):
    document = QuestionnaireDocument.model_validate(document_of())
    return document.sections[0].model_copy(update={"questions": (question,)})


def posted(question, pairs):
    return MultiDict([(f"{field_name(question)}{part}", value) for part, value in pairs])


def sample(kind):
    """A presented question and what a browser sends for it."""
    question = presented(kind)
    pairs = list(POSTED[kind])
    if kind == "file":
        pairs = [("", FileStorage(BytesIO(b"%PDF-1.7 of a test"), filename="Letter.pdf"))]
    if kind == "best_worst":
        for place, task in enumerate(REGISTRY[kind].tasks(question)):
            pairs += [(f"--{place}-best", task[0]), (f"--{place}-worst", task[-1])]
    if kind == "pairwise":
        pairs = [
            (f"--{left}-{right}", result)
            for (left, right), result in zip(
                REGISTRY[kind].current(question), ("left", "tie"), strict=True
            )
        ]
    return question, posted(question, pairs)


def answer_of(kind):
    question, data = sample(kind)
    form = build_form(section_with(question), "en")(formdata=data, meta={"csrf": False})
    return question, REGISTRY[kind].parse(question, form), form


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_answer_is_read_and_has_no_problems(page, kind):
    question, answer, form = answer_of(kind)
    assert REGISTRY[kind].problems(question, answer, form) == []
    assert REGISTRY[kind].problems(question, answer, None) == []
    assert is_answered(answer) or REGISTRY[kind].is_silent
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_shows_what_was_stored_and_keeps_it(page, kind):
    _question, answer, _form = answer_of(kind)
    question = presented(kind, answer)
    data = stored_data(
        section_with(question), {question.code: answer}, {question.code: text(answer)}
    )
    if kind == "pairwise":
        assert REGISTRY[kind].earlier(question) == answer["value"]
        return
    sent = MultiDict()
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            if one not in {None, False, ""}:
                sent.add(name, "y" if one is True else str(one))
    form = build_form(section_with(question), "en")(formdata=sent, meta={"csrf": False})
    assert REGISTRY[kind].parse(question, form) == answer


def text(answer):
    return answer.get("text", answer["value"] if isinstance(answer["value"], str) else None)


@pytest.mark.parametrize("kind", KINDS)
def test_cells_give_the_answer_back(page, kind):
    question, answer, _form = answer_of(kind)
    column_names = [column.name for column in REGISTRY[kind].columns(question, "en")]
    cells = REGISTRY[kind].cells(question, answer)
    assert len(cells) == len(column_names) == len(set(column_names))
    if column_names:
        assert REGISTRY[kind].from_cells(question, cells) == answer


@pytest.mark.parametrize("kind", CLOSED)
@pytest.mark.parametrize("state", ["no_opinion", "refused"])
def test_closed_types_know_no_opinion_and_refusal(page, kind, state):
    question = presented(kind)
    names = build_form(section_with(question), "en")(formdata=None, meta={"csrf": False})._fields
    instead = f"{field_name(question)}--instead"
    if instead in names:
        pairs = [("--instead", state)]
    elif kind == "matrix":
        pairs = [(f"-{code}", state) for code in "abcde"]
    else:
        pairs = [("", state)]
    form = build_form(section_with(question), "en")(
        formdata=posted(question, pairs), meta={"csrf": False}
    )
    answer = REGISTRY[kind].parse(question, form)
    wanted = AnswerState.DONT_KNOW if state == "no_opinion" else AnswerState.REFUSED
    assert answer == {"state": wanted, "value": None}
    assert REGISTRY[kind].problems(question, answer, form) == []
    assert REGISTRY[kind].display(question, answer, "en")
    assert REGISTRY[kind].from_cells(question, REGISTRY[kind].cells(question, answer)) == answer


@pytest.mark.parametrize("kind", KINDS)
def test_measures_have_readings_of_their_shape(page, kind):
    question, answer, _form = answer_of(kind)
    for measure in REGISTRY[kind].measures(question):
        assert measure.label["en"]
        reading = REGISTRY[kind].reading(question, answer, measure)
        if reading["state"] != AnswerState.ANSWERED or measure.shape is Shape.TEXT:
            assert reading["value"] is None
            continue
        assert fits(measure, reading["value"])


FITS = {
    Shape.CHOICE: lambda measure, value: value in measure.options,
    Shape.CHOICES: lambda measure, value: set(value) <= set(measure.options),
    Shape.SCALE: lambda measure, value: type(value) is int and measure.low <= value <= measure.high,
    Shape.ORDER: lambda measure, value: (
        {code for entry in value for code in entry.split("=")} <= set(measure.options)
    ),
    Shape.SCORES: lambda measure, value: set(value) == set(measure.options),
    Shape.NUMBER: lambda _measure, value: math.isfinite(value),
    Shape.FLAG: lambda _measure, value: value is True,
}


def fits(measure, value):
    return FITS[measure.shape](measure, value)


def rendered(question, form, language):
    return render_template(
        f"questions/{question.kind}.html",
        question=question,
        form=form,
        registry=REGISTRY,
        field_name=field_name,
        label=question.label[language],
        hint="",
        page_language=language,
        document=QuestionnaireDocument.model_validate(document_of()),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_show_it_with_and_without_an_answer(asking_app, kind, language):
    with asking_app.test_request_context("/"), force_locale(language):
        _question, answer, _form = answer_of(kind)
        for known in (None, answer):
            question = presented(kind, known)
            answers = {question.code: known} if known else {}
            data = stored_data(section_with(question), answers, {})
            form = build_form(section_with(question), language)(
                formdata=None, data=data, meta={"csrf": False}
            )
            shown = rendered(question, form, language)
            if not REGISTRY[kind].is_invisible:
                assert question.label[language] in shown
            if kind in ASKING:
                # Where the list of what is missing leads.
                assert f'id="{field_name(question)}"' in shown
        lines = REGISTRY[kind].display(question, answer, language)
        assert all(isinstance(line, str) and line for line in lines)
        assert bool(lines) != REGISTRY[kind].is_silent
        assert isinstance(REGISTRY[kind].value(question, answer), str)


@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize("state", list(AnswerState))
def test_no_answer_of_any_kind_breaks_anything(page, kind, state):
    """Every state that a stored answer may have, offered by the question or not."""
    if state is AnswerState.ANSWERED:
        return
    question = presented(kind, {"state": state.value, "value": None})
    answer = {"state": state.value, "value": None}
    assert REGISTRY[kind].value(question, answer) == ""
    assert isinstance(REGISTRY[kind].display(question, answer, "ar"), list)
    assert len(REGISTRY[kind].cells(question, answer)) == len(
        REGISTRY[kind].columns(question, "en")
    )
    assert not REGISTRY[kind].wants_more(question, answer)
    for measure in REGISTRY[kind].measures(question):
        assert REGISTRY[kind].reading(question, answer, measure)["value"] is None
    stored_data(section_with(question), {question.code: answer}, {})


@pytest.mark.parametrize("kind", ASKING)
def test_a_required_question_left_open_is_named(page, kind):
    question = presented(kind, required=True)
    form = build_form(section_with(question), "en")(formdata=MultiDict(), meta={"csrf": False})
    answer = REGISTRY[kind].parse(question, form)
    problems = REGISTRY[kind].problems(question, answer, form)
    assert problems
    assert all(problem.field in form for problem in problems)


@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_mistake_is_told_beside_an_input_that_the_page_has(asking_app, kind, language):
    with asking_app.test_request_context("/"), force_locale(language):
        question = presented(kind, required=True)
        section = section_with(question)
        form = build_form(section, language)(formdata=MultiDict(), meta={"csrf": False})
        answer = REGISTRY[kind].parse(question, form)
        attach({question.code: REGISTRY[kind].problems(question, answer, form)}, form)
        shown = rendered(question, form, language)
        assert error_places(section, form)
        for place, message in error_places(section, form):
            assert shown.count(f'id="{place}"') == 1
            assert f'id="{place}-error"' in shown
            assert message in unescape(shown)


HOSTILE = ("x" * 1_000_000, "\ud800", "a\x00b", "1e400", "NaN", "-1", "1.5", "=cmd()", "' OR 1=1")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: repr(text[:8]))
def test_hostile_input_is_refused_or_fits(page, kind, hostile):
    question, _good = sample(kind)
    names = build_form(section_with(question), "en")(formdata=None, meta={"csrf": False})._fields
    data = MultiDict((name, hostile) for name in names if name != "revision")
    form = build_form(section_with(question), "en")(formdata=data, meta={"csrf": False})
    answer = REGISTRY[kind].parse(question, form)
    if REGISTRY[kind].problems(question, answer, form) or not is_answered(answer):
        return
    # What is taken has the shape that analysis expects.
    for measure in REGISTRY[kind].measures(question):
        reading = REGISTRY[kind].reading(question, answer, measure)
        assert measure.shape is Shape.TEXT or fits(measure, reading["value"])
    assert len(hostile) < 1_000 or kind == "consent"


@pytest.mark.parametrize("kind", KINDS)
def test_its_texts_can_be_translated_and_preflight_is_content(page, kind):
    document = QuestionnaireDocument.model_validate(document_of(question_of(kind)))
    places = [place for place, _texts in strings(document)]
    assert f"q_{kind}.label" in places
    for name in ("options", "items", "rows", "columns"):
        for entry in SETTINGS[kind].get(name, ()):
            assert f"q_{kind}.{name}.{entry['code']}.label" in places
    assert [f for f in findings(document) if f.severity == "fault"] == []
