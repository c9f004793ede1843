"""Forms of dialogues."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from consultation.dialogues.models import DialogueFormat
from consultation.people.classifications import SECTORS, countries_sorted, groups
from consultation.people.services import EMAIL
from core.forms import BaseForm, WholeNumberField
from core.i18n import _, _l, own_name

FORMAT_NAMES = {
    DialogueFormat.IN_PERSON: _l("In person"),
    DialogueFormat.ONLINE: _l("Online"),
    DialogueFormat.HYBRID: _l("In person and online"),
}


def sector_choices(language: str) -> dict[str, str]:
    return {"": _("Not known")} | {row.code: row.name(language) for row in SECTORS}


def region_choices(classification: str, language: str) -> dict[str, str]:
    found = {row.code: row.name(language) for row in groups(classification)}
    return {"": _("Not known"), **found}


class RegistrationForm(BaseForm):
    """What we need to know of a guest, and no more."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter your name.")), Length(max=200)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter your e-mail address.")),
            Length(max=254),
            Regexp(EMAIL, message=_l("This is not an e-mail address.")),
        ],
        description=_l("For the confirmation and, if you attend online, the link."),
        render_kw={"autocomplete": "email"},
    )
    sector = SelectField(_l("Sector (optional)"), [Optional()])
    country = SelectField(_l("Country (optional)"), [Optional()])
    attends_online = BooleanField(_l("I will attend online"))
    needs = TextAreaField(
        _l("What you need to take part (optional)"),
        [Length(max=1000)],
        description=_l("For example interpretation, step-free access, or a time to connect."),
        render_kw={"rows": 3, "dir": "auto"},
    )

    def offer(self, language: str) -> None:
        """Fill the lists in the reader's language."""
        self.sector.choices = sector_choices(language)
        self.country.choices = {"": _("Not known"), **dict(countries_sorted(language))}


class NoteForm(BaseForm):
    """One point that somebody made."""

    point = StringField(_l("Point of the agenda (optional)"), [Length(max=500)])
    text = TextAreaField(
        _l("What was said"),
        [InputRequired(_l("Write down what was said.")), Length(max=20_000)],
        description=_l("One point a note. Leave out names."),
        render_kw={"rows": 5, "dir": "auto"},
    )
    sector = SelectField(_l("Sector of the speaker"), [Optional()])
    region = SelectField(_l("Region of the speaker"), [Optional()])
    language = SelectField(_l("Language of the note"))
    is_quotable = BooleanField(_l("The speaker agreed to be quoted"))


def dialogue_form(languages: list[str]) -> type[BaseForm]:
    """A dialogue: a title and a description in each language, where and when."""
    fields: dict[str, Any] = {}
    for index, code in enumerate(languages):
        name = own_name(code)
        asked = [InputRequired(_("Enter a title in %(language)s.", language=name))]
        fields[f"title_{code}"] = StringField(
            _("Title (%(language)s)", language=name),
            [*(asked if index == 0 else []), Length(max=200)],
            render_kw={"lang": code, "dir": "auto"},
        )
    for code in languages:
        fields[f"description_{code}"] = TextAreaField(
            _("Description (%(language)s)", language=own_name(code)),
            [Length(max=4000)],
            render_kw={"lang": code, "dir": "auto", "rows": 3},
        )
    fields |= {
        "region": SelectField(_l("Region"), [Optional()]),
        "format": SelectField(
            _l("Format"),
            choices=[SelectChoice(kind.value, name) for kind, name in FORMAT_NAMES.items()],
        ),
        "place": StringField(_l("Place"), [Length(max=200)]),
        "online_link": StringField(
            _l("Link for online guests"),
            [
                Length(max=500),
                Optional(),
                Regexp(
                    r"https?://\S+\Z", message=_l("Enter a web address that begins with https://")
                ),
            ],
            render_kw={"dir": "ltr"},
        ),
        "time_zone": SelectField(
            _l("Time zone"), choices={zone: zone for zone in sorted(available_timezones())}
        ),
        "starts_at": DateTimeLocalField(
            _l("Starts (in this time zone)"), [InputRequired(_l("Enter a date and a time."))]
        ),
        "ends_at": DateTimeLocalField(
            _l("Ends (in this time zone)"),
            [InputRequired(_l("Enter a date and a time.")), _after_start],
        ),
        "capacity": WholeNumberField(
            _l("Places (optional)"),
            [Optional(), NumberRange(min=1, max=100_000, message=_l("Enter 1 or more."))],
        ),
    }
    return type("DialogueForm", (BaseForm,), fields)


def _after_start(form: Any, field: Any) -> None:
    if form.starts_at.data and field.data and field.data <= form.starts_at.data:
        raise ValidationError(_("The end must be after the start."))


def in_utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def in_zone(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
