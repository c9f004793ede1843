"""The forms of the editor, made anew for each document: its languages, its pages, its questions."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from core.forms import BaseForm, WholeNumberField
from core.i18n import _, _l
from surveys.documents import CODE, QuestionnaireDocument
from surveys.editing.conditions import TEST_NAMES, Offer, Test, fault_of
from surveys.editing.languages import name_of, read_codes
from surveys.editing.settings import form_fields

LONGEST_TEXT = 5_000
#: Languages of the United Nations, offered first.
COMMON_LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
REQUIRED = {"": _l("Optional"), "soft": _l("Asked for once more"), "yes": _l("Required")}


def _are_languages(_form: BaseForm, field: Field) -> None:
    try:
        read_codes(field.data or "")
    except ValueError as error:
        message = _(
            "“%(code)s” is no language we know. Write codes such as sw or pt-BR.", code=error
        )
        raise ValidationError(message) from error


class EditorForm(BaseForm):
    """Every form carries the fingerprint of the state that its page shows."""

    base = HiddenField()


def spoken(language: str, **render: Any) -> dict[str, Any]:
    """How an input says which language is written in it."""
    return {"lang": language, "dir": "auto", **render}


class BlankForm(BaseForm):
    """A new questionnaire: a title is enough."""

    title = StringField(
        _l("Title"),
        [InputRequired(_l("Enter a title.")), Length(max=200)],
        render_kw={"dir": "auto"},
    )


def settings_form(document: QuestionnaireDocument, offered: Sequence[str]) -> type[EditorForm]:
    """Title, languages, thanks and colour of a questionnaire."""
    default = document.default_language
    codes = list(dict.fromkeys([*document.languages, *offered, *COMMON_LANGUAGES]))
    names = {code: f"{name_of(code)} ({code})" for code in codes}
    name = name_of(default)
    fields: dict[str, Any] = {
        "title": StringField(
            _("Title (%(language)s)", language=name),
            [InputRequired(_("Enter a title.")), Length(max=200)],
            render_kw=spoken(default),
        ),
        "languages": SelectMultipleField(
            _("Languages it can be answered in"),
            [InputRequired(_("Choose at least one language."))],
            choices=names,
            description=_(
                "A language taken away is not offered any more; its texts are kept in case it "
                "comes back."
            ),
        ),
        "more_languages": StringField(
            _("Other languages"),
            [Length(max=200), _are_languages],
            description=_("Their codes, with spaces between them, such as: sw pt-BR"),
            render_kw={"dir": "ltr"},
        ),
        "default_language": SelectField(
            _("Main language"),
            choices=names,
            validate_choice=False,
            description=_("A text that is missing in another language is shown in this one."),
        ),
        "thanks": TextAreaField(
            _("Words of thanks after the answers were handed in (%(language)s)", language=name),
            [Length(max=LONGEST_TEXT)],
            render_kw=spoken(default, rows=3),
        ),
        "theme_colour": StringField(
            _("Colour of headings and buttons"),
            [
                Optional(),
                Regexp(r"#[0-9a-fA-F]{6}\Z", message=_("Write a colour as # and six digits.")),
            ],
            description=_("Such as #1d4f73; leave it open for ours. It must be readable on white."),
            render_kw={"dir": "ltr", "class": "number"},
        ),
    }
    return type("SettingsForm", (EditorForm,), fields)


def condition_fields(offers: Sequence[Offer], chosen: Offer | None) -> dict[str, Any]:
    """The builder of a condition: a question, then a test and a value that fit it."""
    questions = {"": _("Choose a question"), **{one.code: one.label for one in offers}}
    tests = {test.value: str(TEST_NAMES[test]) for test in (chosen.tests if chosen else Test)}
    value: Any = StringField(_("Answer"), [Optional()], render_kw={"dir": "auto"})
    if chosen is not None and chosen.answers:
        value = SelectField(_("Answer"), choices=chosen.answers, validate_choice=False)
    how = {"and": _("and also"), "or": _("or else")}
    return {
        "when_question": SelectField(_("Question"), choices=questions, validate_choice=False),
        "when_test": SelectField(_("Its answer"), choices=tests, validate_choice=False),
        "when_value": value,
        "when_how": SelectField(
            _("Together with what stands there"), choices=how, validate_choice=False
        ),
    }


def _condition(
    label: str, known: Sequence[str], note: str = "", *, is_needed: bool = False
) -> TextAreaField:
    def holds_together(_form: BaseForm, field: Field) -> None:
        fault = fault_of(field.data or "", known)
        if fault:
            raise ValidationError(fault)

    needed = [InputRequired(_("Enter a condition."))] if is_needed else []
    return TextAreaField(
        label,
        [*needed, Length(max=4_000), holds_together],
        description=note,
        render_kw={"rows": 2, "dir": "ltr", "class": "formula", "spellcheck": "false"},
    )


def section_form(
    document: QuestionnaireDocument, offers: Sequence[Offer], chosen: Offer | None
) -> type[EditorForm]:
    """The words of a page, and when it is shown."""
    default = document.default_language
    name = name_of(default)
    fields: dict[str, Any] = {
        "title": StringField(
            _("Title (%(language)s)", language=name),
            [InputRequired(_("Enter a title.")), Length(max=300)],
            render_kw=spoken(default),
        ),
        "intro": TextAreaField(
            _("Words above the questions (%(language)s)", language=name),
            [Length(max=LONGEST_TEXT)],
            render_kw=spoken(default, rows=3),
        ),
        "randomise": BooleanField(_("Each respondent gets the questions in another order")),
        "relevant": _condition(
            _("Shown only if"), list(document.by_code), _("Empty: shown to everybody.")
        ),
        **condition_fields(offers, chosen),
    }
    return type("SectionForm", (EditorForm,), fields)


def question_form(
    document: QuestionnaireDocument,
    model: type[BaseModel],
    stored: dict[str, Any],
    offers: Sequence[Offer],
    chosen: Offer | None,
) -> type[EditorForm]:
    """The words of a question, what its type may be told, and its conditions."""
    default = document.default_language
    name = name_of(default)
    known = list(document.by_code)

    def text(label: str, *rules: Any, rows: int = 2) -> TextAreaField:
        said = f"{label} ({name})"
        return TextAreaField(
            said, [*rules, Length(max=LONGEST_TEXT)], render_kw=spoken(default, rows=rows)
        )

    fields: dict[str, Any] = {
        "label": text(_("Question"), InputRequired(_("Write the question."))),
        "hint": text(_("Hint below it")),
        **form_fields(model, stored, default),
        "required": SelectField(
            _("Answer"), choices={key: str(words) for key, words in REQUIRED.items()}
        ),
        "relevant": _condition(_("Shown only if"), known, _("Empty: shown to everybody.")),
        **condition_fields(offers, chosen),
        "constraint": _condition(
            _("Accepted only if"),
            known,
            _("A point stands for the answer, for example: . >= 1 and . <= 20"),
        ),
        "constraint_message": text(_("Words where an answer is not accepted")),
        "required_message": text(_("Words where a required answer is missing")),
        "guidance": text(_("Longer help, folded away")),
    }
    return type("QuestionForm", (EditorForm,), fields)


def code_field() -> StringField:
    """The field for the code of a new question."""
    return StringField(
        _("Code"),
        [
            Optional(),
            Regexp(
                CODE,
                message=_("A code starts with a letter and holds letters, digits and underscores."),
            ),
        ],
        description=_("Leave it open: it is made from the question."),
        render_kw={"dir": "ltr", "autocapitalize": "none"},
    )


def quota_form(
    document: QuestionnaireDocument, offers: Sequence[Offer], chosen: Offer | None
) -> type[EditorForm]:
    """At most so many responses of a kind."""
    default = document.default_language
    fields: dict[str, Any] = {
        "limit": WholeNumberField(
            _("At most so many responses"),
            [
                InputRequired(_("Enter a number.")),
                NumberRange(min=0, max=10_000_000, message=_("Enter 0 or more.")),
            ],
            render_kw={"class": "number"},
        ),
        "relevant": _condition(_("Counts responses where"), list(document.by_code), is_needed=True),
        **condition_fields(offers, chosen),
        "message": TextAreaField(
            _("What those read who come too late (%(language)s)", language=name_of(default)),
            [Length(max=LONGEST_TEXT)],
            render_kw=spoken(default, rows=2),
        ),
    }
    return type("QuotaForm", (EditorForm,), fields)
