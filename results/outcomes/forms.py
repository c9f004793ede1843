"""Forms of outcomes."""

from typing import Any

from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm
from core.i18n import _, _l
from results.agenda.forms import wording
from results.outcomes.labels import SOURCES, VERDICTS


def assessment_form(languages: list[str]) -> type[BaseForm]:
    """A verdict, who gives it, and what it rests on."""
    fields: dict[str, Any] = {
        "source": RadioField(
            _("Who says so?"),
            [InputRequired(_("Choose who says so."))],
            choices=[SelectChoice(one.value, label) for one, label in SOURCES.items()],
        ),
        "assessor": StringField(
            _("Organisation"),
            [InputRequired(_("Name the organisation that says so.")), Length(max=200)],
            render_kw={"dir": "auto"},
        ),
        "verdict": RadioField(
            _("What became of it?"),
            [InputRequired(_("Choose what became of it."))],
            choices=[SelectChoice(one.value, label) for one, label in VERDICTS.items()],
        ),
        **wording(
            "statement",
            _("What the verdict rests on"),
            languages,
            required=_("Say what the verdict rests on."),
            longest=2000,
        ),
        "links": TextAreaField(
            _("Addresses of what shows it, one a line"),
            [Length(max=5000)],
            render_kw={"rows": 3, "dir": "ltr"},
        ),
        "assessed_on": DateField(
            _("Day of the assessment"),
            [InputRequired(_("Enter a date, for example 2027-01-15."))],
        ),
    }
    return type("AssessmentForm", (BaseForm,), fields)


def disagreement_form(languages: list[str]) -> type[BaseForm]:
    """Who sees a verdict otherwise, and how."""
    fields: dict[str, Any] = {
        "organisation": StringField(
            _("Organisation"),
            [InputRequired(_("Name the organisation that says so.")), Length(max=200)],
            render_kw={"dir": "auto"},
        ),
        **wording(
            "statement",
            _("What is seen otherwise"),
            languages,
            required=_("Say what is seen otherwise."),
            longest=2000,
        ),
    }
    return type("DisagreementForm", (BaseForm,), fields)


class SeriesForm(BaseForm):
    """The series that an edition belongs to."""

    series = StringField(
        _l("Series"),
        [Length(max=200)],
        description=_l("Editions with the same series hand on what was not delivered."),
        render_kw={"dir": "auto"},
    )
