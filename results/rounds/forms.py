"""Forms of the rounds room: the next round's items, and what happens by the clock."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wtforms import BooleanField, DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm
from core.i18n import _, _l, own_name
from results.rounds.items import Addition, Decision, Item
from results.rounds.models import Fate

MERGE_GROUPS = "ABC"
ADDITIONS = 6
FATES = [
    (Fate.KEPT.value, _l("Keep")),
    (Fate.DROPPED.value, _l("Drop")),
    (Fate.REWORDED.value, _l("Reword: a new item, linked to this one")),
    *(
        (f"{Fate.MERGED.value}-{group}", _l("Merge into group %(group)s", group=group))
        for group in MERGE_GROUPS
    ),
]
_REQUIRED = [InputRequired(_l("Enter a date and a time."))]


def _moment(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


class PlanForm(BaseForm):
    """When a round opens, reminds and closes, in UTC."""

    opens_at = DateTimeLocalField(_l("Opens (UTC)"), _REQUIRED)
    closes_at = DateTimeLocalField(_l("Closes (UTC)"), _REQUIRED)
    invites = BooleanField(
        _l("When it opens, send personal links to all stakeholders who have none yet")
    )
    reminder = DateTimeLocalField(
        _l("First reminder (UTC)"), [Optional()], description=_l("Leave empty for none.")
    )
    second_reminder = DateTimeLocalField(_l("Second reminder (UTC)"), [Optional()])

    def reminders(self) -> tuple[datetime, ...]:
        found = (self.reminder.data, self.second_reminder.data)
        return tuple(_moment(value) for value in found if value)

    def moments(self) -> tuple[datetime, datetime]:
        return _moment(self.opens_at.data), _moment(self.closes_at.data)


def next_form(
    items: list[Item],
    lists: Mapping[str, str],
    languages: list[str],
    groups: Mapping[str, str],
) -> type[BaseForm]:
    """A fate, words and a reason for each item; some new items; title and dates.

    `groups` holds the topics and themes that a new item can come from, by reference.
    """
    fields: dict[str, Any] = {
        "opens_at": DateTimeLocalField(_l("Opens (UTC)"), _REQUIRED),
        "closes_at": DateTimeLocalField(_l("Closes (UTC)"), _REQUIRED),
    }
    for language in languages:
        fields[f"title_{language}"] = StringField(
            _("Title of the round (%(language)s)", language=own_name(language)),
            [Length(max=200)],
            render_kw={"lang": language, "dir": "auto"},
        )
    for place in range(len(items)):
        fields[f"fate_{place}"] = SelectField(
            _l("What becomes of it"), choices=[SelectChoice(code, name) for code, name in FATES]
        )
        fields[f"reason_{place}"] = StringField(_l("Why"), [Length(max=2000)])
        fields |= _wordings(f"label_{place}", languages)
    for number in range(ADDITIONS if lists else 0):
        fields[f"list_{number}"] = SelectField(
            _l("Add to"),
            choices=[
                SelectChoice("", _("(no new item)")),
                *(SelectChoice(code, name) for code, name in lists.items()),
            ],
        )
        fields |= _wordings(f"new_{number}", languages)
        fields[f"group_{number}"] = SelectField(
            _l("The topic or theme that it comes from"),
            choices=[
                SelectChoice("", _("(none)")),
                *(SelectChoice(reference, name) for reference, name in groups.items()),
            ],
        )
        fields[f"answers_{number}"] = TextAreaField(
            _l("The answers that it comes from"),
            [Length(max=4000)],
            description=_l("By their codes on the page of topics, one a line."),
            render_kw={"rows": 2, "dir": "ltr"},
        )
        fields[f"source_{number}"] = TextAreaField(
            _l("Where it comes from, in your words"),
            [Length(max=2000)],
            description=_l("For example a meeting that raised it."),
            render_kw={"rows": 2},
        )
    return type("NextForm", (BaseForm,), fields)


def _wordings(name: str, languages: list[str]) -> dict[str, Any]:
    return {
        f"{name}_{language}": StringField(
            _("New words (%(language)s)", language=own_name(language)),
            [Length(max=500)],
            render_kw={"lang": language, "dir": "auto"},
        )
        for language in languages
    }


def decisions(form: BaseForm, items: list[Item], languages: list[str]) -> dict[str, Decision]:
    """What a valid form decides about the items."""
    found = {}
    for place, item in enumerate(items):
        fate, _dash, group = str(form[f"fate_{place}"].data).partition("-")
        found[item.key] = Decision(
            Fate(fate),
            _words(form, f"label_{place}", languages),
            group,
            form[f"reason_{place}"].data or "",
        )
    return found


def additions(form: BaseForm, languages: list[str]) -> list[Addition]:
    """New items; a list was chosen for them and they have words."""
    found = []
    for number in range(ADDITIONS):
        if f"list_{number}" in form and form[f"list_{number}"].data:
            words = _words(form, f"new_{number}", languages)
            source = form[f"source_{number}"].data or ""
            references = tuple(references_in(form, number))
            found.append(Addition(form[f"list_{number}"].data, words, source, references))
    return found


def references_in(form: BaseForm, number: int) -> list[str]:
    """What a new item comes from, as it was typed."""
    lines = (form[f"answers_{number}"].data or "").splitlines()
    given = [form[f"group_{number}"].data or "", *lines]
    return [reference.strip() for reference in given if reference.strip()]


def decided_data(
    found: Mapping[str, Decision], items: list[Item], new: list[Addition]
) -> dict[str, Any]:
    """The form's data for decisions that were made before."""
    data: dict[str, Any] = {}
    for place, item in enumerate(items):
        decision = found.get(item.key)
        if decision is None:
            continue
        ending = f"-{decision.group}" if decision.group else ""
        data |= {f"fate_{place}": f"{decision.fate.value}{ending}"}
        data |= {f"reason_{place}": decision.reason}
        data |= {f"label_{place}_{code}": text for code, text in decision.label.items()}
    for number, addition in enumerate(new[:ADDITIONS]):
        data |= new_data(number, addition)
    return data


def new_data(number: int, addition: Addition) -> dict[str, Any]:
    """The form's data for one new item."""
    answers = [one for one in addition.references if one.startswith("answer:")]
    groups = [one for one in addition.references if not one.startswith("answer:")]
    return {
        f"list_{number}": addition.question,
        f"group_{number}": groups[0] if groups else "",
        f"answers_{number}": "\n".join(one.removeprefix("answer:") for one in answers),
        f"source_{number}": addition.source,
        **{f"new_{number}_{code}": text for code, text in addition.label.items()},
    }


def _words(form: BaseForm, name: str, languages: list[str]) -> dict[str, str]:
    found = {language: (form[f"{name}_{language}"].data or "").strip() for language in languages}
    return {language: text for language, text in found.items() if text}
