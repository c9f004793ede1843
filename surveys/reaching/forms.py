"""Forms of the organiser who reaches people."""

from datetime import UTC, datetime
from typing import Any

from wtforms import (
    DateTimeLocalField,
    EmailField,
    FileField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from consultation.people.classifications import SECTORS, groups
from consultation.people.services import EMAIL
from consultation.process.models import Consultation
from core.forms import BaseForm
from core.i18n import _, _l, current_language, own_name
from surveys.reaching.letters import LONGEST_INTRO, LONGEST_SUBJECT, Words
from surveys.reaching.queries import UNKNOWN, Chosen


def wave_form(consultation: Consultation, spoken: list[str]) -> type[BaseForm]:
    """Whom to write to, and the organiser's words in each language that people speak."""
    language = current_language()
    sectors = {sector.code: sector.name(language) for sector in SECTORS}
    regions = {
        group.code: group.name(language) for group in groups(consultation.region_classification)
    }
    unknown = {UNKNOWN: _("Not known")}
    everyone = _("Tick none to leave nobody out.")
    fields: dict[str, Any] = {
        "kind": HiddenField(),
        "sectors": _boxes(_("Sectors"), sectors | unknown, everyone),
        "regions": _boxes(_("Regions"), regions | unknown, everyone),
        "languages": _boxes(_("Languages"), {code: own_name(code) for code in spoken}, everyone),
        "contact": EmailField(
            _("Address for questions"),
            [
                InputRequired(_("Enter an address, so that people can ask for help.")),
                Length(max=254),
                Regexp(EMAIL, message=_("This is not an e-mail address.")),
            ],
            description=_("It stands in the mail. Reminders name it to who cannot find the link."),
        ),
    }
    for code in mail_languages(consultation, spoken):
        name = own_name(code)
        direction = {"lang": code, "dir": "auto"}
        fields[f"subject_{code}"] = StringField(
            _("Subject (%(language)s)", language=name),
            [Length(max=LONGEST_SUBJECT)],
            description=_("Leave it empty to use ours."),
            render_kw=direction,
        )
        fields[f"intro_{code}"] = TextAreaField(
            _("Your words (%(language)s)", language=name),
            [Length(max=LONGEST_INTRO)],
            description=_(
                "Plain text before ours; the link and the closing date follow. It may be left empty."
            ),
            render_kw={**direction, "rows": 5},
        )
    return type("WaveForm", (BaseForm,), fields)


def _boxes(label: str, choices: dict[str, str], description: str) -> Any:
    return SelectMultipleField(label, choices=choices, description=description)


def mail_languages(consultation: Consultation, spoken: list[str]) -> list[str]:
    """The consultation's languages, and any other that a stakeholder is written to in."""
    return [*consultation.languages, *(one for one in spoken if one not in consultation.languages)]


def chosen_in(form: Any) -> Chosen:
    return Chosen(
        frozenset(form.sectors.data), frozenset(form.regions.data), frozenset(form.languages.data)
    )


def words_in(form: Any, languages: list[str]) -> Words:
    return Words(
        subject={code: form[f"subject_{code}"].data or "" for code in languages},
        intro={code: form[f"intro_{code}"].data or "" for code in languages},
        contact=form.contact.data,
    )


class SendForm(BaseForm):
    """When to send."""

    at = DateTimeLocalField(
        _l("Send at (UTC)"),
        [Optional()],
        description=_l("Leave it empty to send now."),
    )

    def moment(self) -> datetime | None:
        found: datetime | None = self.at.data
        return found.replace(tzinfo=UTC) if found else None


class BouncesForm(BaseForm):
    """Addresses that mail came back from."""

    lines = TextAreaField(
        _l("Addresses that mail came back from"),
        [Length(max=1_000_000)],
        description=_l("One a line: address, reason. The reason may be left out."),
        render_kw={"rows": 4, "dir": "ltr"},
    )
    file = FileField(
        _l("Or a file (CSV) with these columns"), render_kw={"accept": ".csv,text/csv"}
    )


class AddressForm(BaseForm):
    """Another address for somebody."""

    email = EmailField(
        _l("New address"),
        [
            InputRequired(_l("Enter an e-mail address.")),
            Length(max=254),
            Regexp(EMAIL, message=_l("This is not an e-mail address.")),
        ],
    )


class KeyInForm(BaseForm):
    """Whose paper form it is, where the round knows its people."""

    email = EmailField(_l("E-mail address of the person"), [Length(max=254)])
