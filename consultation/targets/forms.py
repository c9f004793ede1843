"""The form of targets and the stopping rule."""

from collections.abc import Mapping
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from analysis.breakdown import UNKNOWN
from analysis.delphi.stopping import StoppingRule
from consultation.people.models import TargetDimension
from consultation.targets.services import Declared
from core.forms import BaseForm, WholeNumberField
from core.i18n import _, _l, own_name

#: field name -> (label, hint); shares are typed in percent.
SHARES = {
    "net_change": (_l("An item is stable when fewer answers moved than"), "15"),
    "stable_share": (_l("This share of the items must be stable"), "80"),
    "least_retention": (_l("Alarm when fewer of a group come back than"), "70"),
    "relative_retention": (
        _l("Alarm when a group falls below this part of everybody’s return"),
        "80",
    ),
}
COEFFICIENTS = {
    "tau": _l("The order must agree at least this much (tau-b)"),
    "overlap": _l("Its top must overlap at least this much"),
}
COUNTS = {
    "fewest_rounds": (_l("Fewest rounds"), 2, 9),
    "most_rounds": (_l("Most rounds"), 2, 9),
    "top": (_l("The first so many items must stay the same (0: not asked)"), 0, 50),
}


class NumberField(StringField):
    """A number as people write it: with a point or a comma, with or without a percent sign."""

    def __init__(self, *args: Any, scale: float = 1.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = scale
        self.number: float | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; read the number beside it."""
        super().process_formdata(valuelist)
        typed = str(self.data or "").strip().rstrip("%").strip().replace(",", ".")
        if not typed:
            return
        try:
            self.number = float(typed) / self.scale
        except ValueError as error:
            raise ValueError(_("Write a number, for example 12.5.")) from error
        if not 0 <= self.number <= 1:
            raise ValueError(_("Write a number between 0 and %(most)s.", most=f"{self.scale:g}"))


def share_field(dimension: str, code: str) -> str:
    return f"share-{dimension}-{code}"


def targets_form(groups: Mapping[str, Mapping[str, str]], languages: list[str]) -> type[BaseForm]:
    """A share for each group of each dimension, the reasons, and the rule."""
    short = {"inputmode": "decimal", "class": "short", "size": "6"}
    fields: dict[str, Any] = {}
    for dimension, names in groups.items():
        for code, name in names.items():
            label = _("%(group)s (percent)", group=name)
            fields[share_field(dimension, code)] = NumberField(
                label, [Length(max=12)], scale=100.0, render_kw=short
            )
    for language in languages:
        fields[f"rationale_{language}"] = TextAreaField(
            _("Why these shares (%(language)s)", language=own_name(language)),
            [Length(max=2000)],
            render_kw={"rows": 3, "lang": language, "dir": "auto"},
        )
    for name, (label, least, most) in COUNTS.items():
        fields[name] = WholeNumberField(
            label,
            [InputRequired(_l("Enter a whole number.")), NumberRange(least, most)],
            render_kw={"class": "short"},
        )
    required = [InputRequired(_l("Enter a number.")), Length(max=12)]
    for name, (label, _usual) in SHARES.items():
        fields[name] = NumberField(
            label, required, scale=100.0, description=_l("In percent."), render_kw=short
        )
    for name, label in COEFFICIENTS.items():
        fields[name] = NumberField(
            label, required, description=_l("Between 0 and 1."), render_kw=short
        )
    return type("TargetsForm", (BaseForm,), fields)


def filled(
    shares: Mapping[str, Mapping[str, float]], rationale: Mapping[str, str], rule: StoppingRule
) -> dict[str, Any]:
    """What stands in the fields at first."""
    found: dict[str, Any] = {f"rationale_{key}": text for key, text in rationale.items()}
    for dimension, by_code in shares.items():
        for code, share in by_code.items():
            found[share_field(dimension, code)] = f"{100 * share:g}"
    for name in COUNTS:
        found[name] = getattr(rule, name)
    for name in SHARES:
        found[name] = f"{100 * getattr(rule, name):g}"
    for name in COEFFICIENTS:
        found[name] = f"{getattr(rule, name):g}"
    return found


def declared(
    form: BaseForm, groups: Mapping[str, Mapping[str, str]], languages: list[str]
) -> Declared:
    """What a valid form says."""
    shares: dict[TargetDimension, dict[str, float]] = {}
    for dimension, names in groups.items():
        typed = {code: form[share_field(dimension, code)].number for code in names}
        # An empty field of a dimension that has shares is 0: the group has no declared share.
        kept = {code: share for code, share in typed.items() if share}
        if typed.get(UNKNOWN) is None:
            kept.pop(UNKNOWN, None)
        shares[TargetDimension(dimension)] = kept
    rule = StoppingRule(
        **{name: form[name].data for name in COUNTS},
        **{name: form[name].number for name in (*SHARES, *COEFFICIENTS)},
    )
    rationale = {key: (form[f"rationale_{key}"].data or "").strip() for key in languages}
    return Declared(shares, rationale, rule)
