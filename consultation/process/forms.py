"""Forms of the process."""

from datetime import UTC, datetime
from typing import Any

from wtforms import DateField, DateTimeLocalField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm
from core.i18n import _, _l, own_name


def consultation_form(languages: tuple[str, ...]) -> type[BaseForm]:
    """A new consultation: a template, an address, a start, a title in each language."""
    fields: dict[str, Any] = {
        "template": SelectField(_l("Template"), [InputRequired(_l("Choose a template."))]),
        "slug": StringField(
            _l("Address"),
            [InputRequired(_l("Enter an address.")), Length(max=64)],
            description=_l("Lower-case letters, digits and hyphens, for example summit-2027."),
        ),
        "starts_on": DateField(
            _l("First day"), [InputRequired(_l("Enter a date, for example 2027-01-15."))]
        ),
    }
    for index, code in enumerate(languages):
        name = own_name(code)
        asked = [InputRequired(_("Enter a title in %(language)s.", language=name))]
        fields[f"title_{code}"] = StringField(
            _("Title (%(language)s)", language=name),
            [*(asked if index == 0 else []), Length(max=200)],
            render_kw={"lang": code, "dir": "auto"},
        )
    return type("ConsultationForm", (BaseForm,), fields)


class DatesForm(BaseForm):
    """A start and an end, in UTC."""

    opens_at = DateTimeLocalField(
        _l("Opens (UTC)"), [InputRequired(_l("Enter a date and a time."))]
    )
    closes_at = DateTimeLocalField(
        _l("Closes (UTC)"), [InputRequired(_l("Enter a date and a time."))]
    )

    def moments(self) -> tuple[datetime, datetime]:
        opens_at, closes_at = self.opens_at.data, self.closes_at.data
        return opens_at.replace(tzinfo=UTC), closes_at.replace(tzinfo=UTC)
