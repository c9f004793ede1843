"""What a question hangs on and what its answer may be: conditions, limits, filters, orders."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from core.i18n import _
from surveys.interchange.limesurvey.conditions import Translator
from surveys.interchange.limesurvey.phrases import THIS, anywhere, picked, value_of
from surveys.interchange.limesurvey.plain import plain
from surveys.interchange.limesurvey.remarks import Report
from surveys.interchange.limesurvey.script import (
    Binary,
    Call,
    Junction,
    Part,
    ScriptError,
    Text,
    Variable,
)
from surveys.interchange.limesurvey.subjects import Named, Names, Sort, Subject, is_hidden
from surveys.interchange.limesurvey.survey import LimeQuestion
from surveys.interchange.limesurvey.wording import Wording
from surveys.interchange.xlsform.scanning import quoted

Made = dict[str, Any]
ALWAYS: Final = frozenset({"", "1", "true"})
_LISTS: Final = ("options", "items", "rows", "columns")
_SHUFFLED: Final = ("random_order", "answer_order", "subquestion_order")
_FIELDS: Final = frozenset({"short_text", "long_text", "number", "date"})
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
#: Attributes that change what is asked, and have no counterpart.
_LEFT_OUT: Final = (
    "time_limit", "prefix", "random_group", "min_num_value", "max_num_value", "other_numbers_only",
    "alphasort", "location_mapservice", "category_separator", "page_break",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """Puts rules into questions that were made."""

    names: Names
    wording: Wording

    @property
    def report(self) -> Report:
        return self.names.report

    def named(self, question: LimeQuestion) -> Named:
        return self.names.named[question.qid]

    def apply(self, question: LimeQuestion, made: Made) -> None:
        """Everything that is said of a question beside its words."""
        part = made.pop("part", None)
        whole = [self._own_condition(question, made["code"]), made.get("relevant", "")]
        if part is not None and part.relevance not in ALWAYS:
            whole.append(self.condition(part.relevance, made["code"]))
        made["relevant"] = together(whole)
        self._lists(question, made)
        self._limits(question, made)
        self._order(question, made)
        if made["kind"] == "calculated":
            self._calculation(question, made)
        else:
            self._constraint(question, made, is_part=part is not None)
        self._say_left_out(question, made["code"])

    def condition(self, source: str, place: str, column: str = "relevance") -> str:
        """A condition of ours, or "" with a problem."""
        return self._tried(
            lambda: Translator(self.names.subjects).condition(source), place, column, source
        )

    def _tried(self, work: Callable[[], str], place: str, column: str, source: str) -> str:
        try:
            return work()
        except ScriptError as error:
            message = _(
                "The expression cannot be taken over: %(reason)s It reads: %(source)s",
                reason=error.message,
                source=source[:200],
            )
            self.report.problem(place, message, error.feature or "expression", column)
            return ""

    def truth(self, part: Part, place: str, source: str) -> str:
        """A tree as a condition of ours, or "" with a problem."""
        return self._tried(
            lambda: Translator(self.names.subjects).truth(part).source, place, "members", source
        )

    def _own_condition(self, question: LimeQuestion, place: str) -> str:
        if is_hidden(question):
            return ""
        if question.relevance not in ALWAYS:
            return self.condition(question.relevance, place)
        rows = self.names.survey.conditions.get(question.qid, [])
        if not rows:
            return ""
        return self._tried(
            lambda: Translator(self.names.subjects).truth(older_conditions(rows)).source,
            place,
            "conditions",
            ", ".join(row.get("cfieldname", "") for row in rows),
        )

    def _lists(self, question: LimeQuestion, made: Made) -> None:
        """Conditions of options, rows and items."""
        for name in _LISTS:
            for entry in made["settings"].get(name, ()):
                theirs = entry.pop("theirs")
                script = entry.pop("script", "")
                found = [self.condition(script, made["code"], f"{name}.{theirs}")] if script else []
                if name != "columns":
                    found += self._filters(question, theirs, made["code"])
                relevant = together(found)
                if relevant:
                    entry["relevant"] = relevant

    def _filters(self, question: LimeQuestion, theirs: str, place: str) -> list[str]:
        """Options that are shown only if they were, or were not, chosen in another question."""
        found = []
        for name in ("array_filter", "array_filter_exclude"):
            sources = [code.strip() for code in question.attribute(name).split(";")]
            subjects = [self.names.subjects.get(f"{code}_{theirs}") for code in sources if code]
            known = [_chosen(subject) for subject in subjects if subject is not None]
            if subjects and not known:
                message = _("“%(code)s” is in no question that it is filtered by.", code=theirs)
                self.report.notice(place, message, name, name)
            if known and name == "array_filter":
                found.append(" or ".join(known))
            elif known:
                found.append(f"not({' or '.join(known)})")
        return found

    def _limits(self, question: LimeQuestion, made: Made) -> None:
        """How many may be chosen, and what stands alone."""
        settings = made["settings"]
        if made["kind"] == "multiple_choice":
            count = len(settings["options"]) + bool(settings.get("other"))
            for name, setting in (("min_answers", "min_choices"), ("max_answers", "max_choices")):
                wanted = question.number(name)
                if wanted is not None and 1 <= wanted <= count:
                    settings[setting] = int(wanted)
                elif question.attribute(name) and wanted is None:
                    self._say_expression(made["code"], name)
            parts = self.named(question).parts
            alone = re.split(r"[;,]", question.attribute("exclude_all_others"))
            codes = [parts[0, code.strip()] for code in alone if (0, code.strip()) in parts]
            if codes:
                settings["exclusive"] = codes
        elif question.attribute("min_answers"):
            message = _("How many are answered at least cannot be said of this type of question.")
            self.report.notice(made["code"], message, "min_answers", "min_answers")

    def _say_expression(self, place: str, name: str) -> None:
        message = _("A limit that is an expression cannot be taken over.")
        self.report.notice(place, message, name, name)

    def _order(self, question: LimeQuestion, made: Made) -> None:
        if not any(name in made["settings"] for name in ("options", "items", "rows")):
            return
        wishes = {question.attribute(name) for name in _SHUFFLED}
        if wishes & {"1", "random"}:
            made["settings"]["randomise"] = True
        elif "alphabetical" in wishes:
            message = _("Answers stay in the order of the file, not in that of the alphabet.")
            self.report.notice(made["code"], message, "alphabetical order", "answer_order")

    def _calculation(self, question: LimeQuestion, made: Made) -> None:
        if question.type != "*":
            default = plain(question.defaults[0]).text if question.defaults else ""
            made["settings"] = {"calculation": quoted(default)}
            message = _("The hidden question becomes a value that nobody sees.")
            self.report.notice(made["code"], message, "hidden", "hidden")
            return
        if not question.attribute("hidden"):
            message = _("The answer is worked out; respondents do not see it.")
            self.report.notice(made["code"], message, "equation", "text")
        texts = list(question.texts.values())
        source = question.attribute("equation") or plain(next(iter(texts), "")).text
        sorts: list[str] = []

        def work() -> str:
            piece = Translator(self.names.subjects).equation(source)
            sorts.append(piece.sort)
            return piece.source

        worked = self._tried(work, made["code"], "equation", source)
        made["settings"] = {"calculation": worked or "''"}
        if sorts == ["number"]:
            made["settings"]["is_number"] = True

    def _constraint(self, question: LimeQuestion, made: Made, *, is_part: bool) -> None:
        """Rules for the answer itself."""
        place, found = made["code"], []
        names = ["em_validation_sq"] if is_part else ["em_validation_q", "em_validation_sq"]
        if is_part and question.attribute("em_validation_q"):
            message = _("A rule about several fields at once cannot be taken over.")
            self.report.problem(place, message, "em_validation_q", "em_validation_q")
        this = self._this(question, made)
        for name in names:
            source = question.attribute(name)
            if source:
                translator = Translator(self.names.subjects, this)
                found.append(
                    self._tried(lambda t=translator, s=source: t.condition(s), place, name, source)  # type: ignore[misc]
                )
                tip = self.wording.texts(question.words(f"{name}_tip"), place, f"{name}_tip")
                made.setdefault("constraint_message", {}).update(tip)
        if question.pattern and made["kind"] in _FIELDS:
            pattern = question.pattern
            words = self._tried(lambda: anywhere(pattern), place, "validation", pattern)
            found.append(f"regex(., {quoted(words)})" if words else "")
        made["constraint"] = together(found)

    def _this(self, question: LimeQuestion, made: Made) -> Subject | None:
        if made["kind"] in _FIELDS:
            return Subject(Sort.NUMBER if made["kind"] == "number" else Sort.TEXT, THIS)
        subject = self.names.subjects.get(question.code)
        return None if subject is None else replace(subject, code=THIS)

    def day(self, question: LimeQuestion, name: str) -> str:
        """A first or last day that is written out."""
        value = question.attribute(name).strip("\"'")
        if not value or _DAY.match(value):
            return value
        self._say_expression(self.named(question).code, name)
        return ""

    def _say_left_out(self, question: LimeQuestion, place: str) -> None:
        for name in _LEFT_OUT:
            if question.attribute(name):
                message = _("“%(name)s” has no counterpart here and was left out.", name=name)
                self.report.notice(place, message, name, name)
        if question.scripts or question.attribute("javascript"):
            message = _("The question carries a script for browsers. It was left out.")
            self.report.notice(place, message, "script", "script")
        if question.defaults and not is_hidden(question):
            message = _("Answers are never filled in beforehand; the default was left out.")
            self.report.notice(place, message, "default", "default")


def together(conditions: Iterable[str]) -> str:
    """All conditions at once."""
    found = [condition for condition in conditions if condition]
    if len(found) < 2:
        return "".join(found)
    return " and ".join(f"({one})" if " or " in one else one for one in found)


def _chosen(subject: Subject) -> str:
    if subject.sort is Sort.PICKED:
        return picked(subject).source
    return f"{value_of(subject)} != ''"


def older_conditions(rows: list[dict[str, str]]) -> Part:
    """Conditions as a table: within a scenario all questions must fit, of scenarios one."""
    scenarios: dict[str, dict[str, list[Part]]] = {}
    for row in rows:
        questions = scenarios.setdefault(row.get("scenario", "1"), {})
        questions.setdefault(row.get("cqid", ""), []).append(_older(row))
    return _one(
        "or",
        [
            _one("and", [_one("or", parts) for parts in questions.values()])
            for questions in scenarios.values()
        ],
    )


def _one(sign: str, parts: list[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Junction(sign, tuple(parts))


def _older(row: dict[str, str]) -> Part:
    name = row.get("cfieldname", "").strip().removeprefix("+")
    method, value = row.get("method", "==").strip() or "==", row.get("value", "")
    if name.startswith(("{", "@")) or value.startswith(("{", "@")):
        raise ScriptError(_("Only answers can be compared here."), name)
    if method == "RX":
        return Call("regexMatch", (Text(value), Variable(name)))
    if method not in {"==", "!=", "<", "<=", ">", ">="}:
        raise ScriptError(_("There is no comparison “%(sign)s” here.", sign=method), method)
    return Binary(method, Variable(name), Text(value.strip()))
