"""Our questions as LimeSurvey would ask them: a type letter, parts, answers and attributes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from core.i18n import _, force_locale
from surveys.documents import OTHER, Question
from surveys.interchange.limesurvey.outward import Target
from surveys.interchange.limesurvey.remarks import Report
from surveys.interchange.limesurvey.shorten import ANSWER, QUESTION, Shortener
from surveys.questions import REGISTRY
from surveys.questions.base import label_of, other_label, states_offered
from surveys.questions.best_worst import design_of
from surveys.questions.single_choice import MOST_BUTTONS

Texts = Mapping[str, str]
_MAIL: Final = r"/^[^@\s]+@[^@\s]+\.[^@\s]+$/"
_WEB: Final = r"/^https?:\/\/[^\s]+$/"
_DATES: Final = {"day": "yyyy-mm-dd", "month": "yyyy-mm", "year": "yyyy"}
_ENDINGS: Final = {
    "documents": "pdf,doc,docx,odt,txt,rtf",
    "tables": "csv,xls,xlsx,ods",
    "images": "png,jpg,jpeg,gif",
}


class _Listed(Protocol):
    """A type whose answers come from a list of the house."""

    def choices(self, question: Question, language: str) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A subquestion or an answer."""

    code: str
    texts: Texts
    relevant: str = ""


@dataclass(slots=True)
class Asked:
    """One question of theirs."""

    code: str
    type: str
    texts: Texts
    parts: list[Line] = field(default_factory=list)
    answers: list[Line] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    #: Attributes that have words.
    words: dict[str, Texts] = field(default_factory=dict)
    other: bool = False
    pattern: str = ""
    relevant: str = ""
    #: Whether `self` is the whole answer.
    is_field: bool = False


@dataclass(slots=True)
class Asker:
    """Makes questions of theirs out of ours, and knows what variables they have."""

    report: Report
    languages: Sequence[str]
    codes: Shortener
    targets: dict[str, Target] = field(default_factory=dict)

    def ask(self, question: Question) -> list[Asked]:
        """What a question becomes; none where there is no counterpart."""
        makers: dict[str, Callable[[Question, str], Asked]] = {
            "single_choice": self.one_of,
            "multiple_choice": self.several_of,
            "rating_scale": self.scale,
            "numeric_scale": self.scale,
            "matrix": self.table,
            "ranking": self.order,
            "points": self.points,
            "number": self.number,
            "date": self.date,
            "short_text": self.text,
            "long_text": self.text,
            "email": self.text,
            "url": self.text,
            "file": self.file,
            "country": self.listed,
            "region": self.listed,
            "sector": self.listed,
            "consent": self.consent,
            "note": self.silent,
            "calculated": self.silent,
        }
        if question.kind == "best_worst":
            return self.sets(question)
        if question.kind not in makers:
            kind = REGISTRY[question.kind].name
            message = _("LimeSurvey has nothing like “%(kind)s”.", kind=str(kind))
            self.report.problem(question.code, message, question.kind, "kind")
            return []
        return [makers[question.kind](question, self.codes.take(question.code, "Q"))]

    def know(self, question: Question, target: Target) -> None:
        self.targets[question.code] = target

    def shortener(self, question: Question) -> Shortener:
        return Shortener(self.report, question.code, ANSWER, needs_letter=False)

    def own(self, say: Callable[[str], str]) -> Texts:
        """Words of ours in every language of the questionnaire."""
        found = {}
        for language in self.languages:
            with force_locale(language.split("-", maxsplit=1)[0]):
                found[language] = say(language)
        return found

    def states(self, question: Question) -> dict[str, Texts]:
        """What can be said instead of an answer: an answer like any other in LimeSurvey."""
        names = states_offered(question.settings, self.languages[0])
        return {
            name: self.own(lambda tag, n=name: states_offered(question.settings, tag)[n])  # type: ignore[misc]
            for name in names
        }

    @staticmethod
    def lines(
        given: Iterable[Mapping[str, Any]], codes: Shortener
    ) -> tuple[list[Line], dict[str, str]]:
        """Options with codes that fit, and ours by theirs."""
        found, known = [], {}
        for entry in given:
            code = codes.take(entry["code"])
            known[entry["code"]] = code
            found.append(Line(code, entry["label"], entry.get("relevant", "")))
        return found, known

    def with_states(self, question: Question, given: Sequence[Any]) -> list[Mapping[str, Any]]:
        states = self.states(question).items()
        return [*given, *({"code": code, "label": texts} for code, texts in states)]

    def one_of(self, question: Question, code: str) -> Asked:
        options = self.with_states(question, question.settings["options"])
        lines, known = self.lines(options, self.shortener(question))
        has_other = bool(question.settings.get("other"))
        if has_other:
            known = {**known, OTHER: "-oth-"}
        self.know(question, Target("value", code, known))
        asked = Asked(code, "L" if len(lines) <= MOST_BUTTONS else "!", question.label)
        asked.answers, asked.other, asked.is_field = lines, has_other, True
        self._words_for_other(question, asked)
        self._shuffle(question, asked)
        return asked

    def _words_for_other(self, question: Question, asked: Asked) -> None:
        if asked.other:
            asked.words["other_replace_text"] = self.own(lambda tag: other_label(question, tag))

    def _shuffle(self, question: Question, asked: Asked) -> None:
        """Older versions know one attribute, newer ones two."""
        if question.settings.get("randomise"):
            asked.attributes["random_order"] = "1"
            which = "answer_order" if asked.answers and not asked.parts else "subquestion_order"
            asked.attributes[which] = "random"

    def several_of(self, question: Question, code: str) -> Asked:
        settings = question.settings
        options = self.with_states(question, settings["options"])
        lines, known = self.lines(options, self.shortener(question))
        states = self.states(question)
        asked = Asked(code, "M", question.label, parts=lines, other=bool(settings.get("other")))
        parts = {**known, **({OTHER: OTHER} if asked.other else {})}
        self.know(question, Target("ticks", code, parts))
        for name, setting in (("min_answers", "min_choices"), ("max_answers", "max_choices")):
            if settings.get(setting):
                asked.attributes[name] = str(settings[setting])
        alone = [known[one] for one in (*settings.get("exclusive", ()), *states) if one in known]
        if alone:
            asked.attributes["exclude_all_others"] = ";".join(alone)
        self._words_for_other(question, asked)
        self._shuffle(question, asked)
        return asked

    def scale(self, question: Question, code: str) -> Asked:
        """Points as answers, the ends with their words."""
        options: list[Mapping[str, Any]] = []
        for point, texts in REGISTRY[question.kind].measures(question)[0].options.items():
            words = {tag: label_of(texts, tag) for tag in self.languages}
            options.append({"code": point, "label": words})
        codes = self.shortener(question)
        lines, known = self.lines(self.with_states(question, options), codes)
        self.know(question, Target("value", code, known))
        return Asked(code, "L", question.label, answers=lines, is_field=True)

    def table(self, question: Question, code: str) -> Asked:
        rows, known = self.lines(question.settings["rows"], self.codes_of_parts(question))
        columns = self.with_states(question, question.settings["columns"])
        answers, theirs = self.lines(columns, self.shortener(question))
        self.know(question, Target("rows", code, known, theirs))
        asked = Asked(code, "F", question.label, parts=rows, answers=answers)
        self._shuffle(question, asked)
        return asked

    def codes_of_parts(self, question: Question) -> Shortener:
        """Subquestions have room for longer codes than answers."""
        return Shortener(self.report, question.code, QUESTION, needs_letter=False)

    def order(self, question: Question, code: str) -> Asked:
        lines, known = self.lines(question.settings["items"], self.shortener(question))
        self.know(question, Target("order", code, known))
        asked = Asked(code, "R", question.label, answers=lines)
        if question.settings.get("top"):
            asked.attributes["max_answers"] = str(question.settings["top"])
        self._shuffle(question, asked)
        if question.settings.get("ties"):
            self.say(question, _("Items cannot share a place in LimeSurvey."), "ties")
        self.say_states(question)
        return asked

    def say(self, question: Question, message: str, feature: str) -> None:
        self.report.notice(question.code, message, feature, feature)

    def say_states(self, question: Question) -> None:
        """Types where nothing can be said instead of an answer."""
        if question.settings.get("no_opinion") or question.settings.get("refusal"):
            message = _("This type cannot be answered with “no opinion” in LimeSurvey.")
            self.say(question, message, "no_opinion")

    def points(self, question: Question, code: str) -> Asked:
        settings = question.settings
        lines, known = self.lines(settings["items"], self.codes_of_parts(question))
        self.know(question, Target("rows", code, known))
        asked = Asked(code, "K", question.label, parts=lines)
        name = "equals_num_value" if settings.get("spend_all", True) else "max_num_value"
        asked.attributes = {
            name: str(settings.get("total", 100)),
            "num_value_int_only": "1",
            "min_num_value_n": "0",
        }
        self._shuffle(question, asked)
        self.say_states(question)
        return asked

    def number(self, question: Question, code: str) -> Asked:
        settings = question.settings
        self.know(question, Target("value", code))
        asked = Asked(code, "N", question.label, is_field=True)
        for name, setting in (("min_num_value_n", "minimum"), ("max_num_value_n", "maximum")):
            if settings.get(setting) is not None:
                asked.attributes[name] = f"{settings[setting]:g}"
        if not settings.get("decimals"):
            asked.attributes["num_value_int_only"] = "1"
        if settings.get("unit"):
            asked.words["suffix"] = settings["unit"]
        self.say_states(question)
        return asked

    def date(self, question: Question, code: str) -> Asked:
        settings = question.settings
        self.know(question, Target("value", code))
        asked = Asked(code, "D", question.label, is_field=True)
        asked.attributes["date_format"] = _DATES[settings.get("precision", "day")]
        for name, setting in (("date_min", "earliest"), ("date_max", "latest")):
            if settings.get(setting):
                asked.attributes[name] = settings[setting]
        if settings.get("partial"):
            self.say(question, _("LimeSurvey asks for the whole date."), "partial")
        self.say_states(question)
        return asked

    def text(self, question: Question, code: str) -> Asked:
        self.know(question, Target("value", code))
        kind = "T" if question.kind == "long_text" else "S"
        asked = Asked(code, kind, question.label, is_field=True)
        limit = question.settings.get("max_length")
        if limit:
            asked.attributes["maximum_chars"] = str(limit)
        asked.pattern = {"email": _MAIL, "url": _WEB}.get(question.kind, "")
        return asked

    def file(self, question: Question, code: str) -> Asked:
        settings = question.settings
        self.know(question, Target("value", code))
        taken = [endings for name, endings in _ENDINGS.items() if settings.get(name, True)]
        return Asked(
            code,
            "|",
            question.label,
            attributes={
                "allowed_filetypes": ",".join(taken),
                "max_filesize": str(int(settings.get("max_megabytes", 5)) * 1024),
                "max_num_of_files": "1",
                "show_title": "0",
                "show_comment": "0",
            },
        )

    def listed(self, question: Question, code: str) -> Asked:
        """A list of the house, written out in every language."""
        kind: _Listed = REGISTRY[question.kind]  # type: ignore[assignment]
        by_language = {tag: kind.choices(question, tag) for tag in self.languages}
        options = [
            {"code": one, "label": {tag: known[one] for tag, known in by_language.items()}}
            for one in by_language[self.languages[0]]
        ]
        whole = self.with_states(question, options)
        lines, known = self.lines(whole, self.shortener(question))
        self.know(question, Target("value", code, known))
        kind_code = "L" if len(lines) <= MOST_BUTTONS else "!"
        return Asked(code, kind_code, question.label, answers=lines, is_field=True)

    def consent(self, question: Question, code: str) -> Asked:
        """One box, with the text that is agreed to above it."""
        text = question.settings.get("text", {})
        agree = question.settings.get("agree_label", {})
        label = {
            tag: "\n\n".join(filter(None, (label_of(question.label, tag), label_of(text, tag))))
            for tag in self.languages
        }
        words = self.own(lambda tag: label_of(agree, tag) or _("I agree"))
        self.know(question, Target("agreed", code, {"yes": "yes"}))
        return Asked(code, "M", label, parts=[Line("yes", words)])

    def silent(self, question: Question, code: str) -> Asked:
        if question.kind == "note":
            return Asked(code, "X", question.label)
        self.know(question, Target("value", code))
        return Asked(code, "*", question.label, attributes={"hidden": "1"}, is_field=True)

    def sets(self, question: Question) -> list[Asked]:
        """Best and worst of each set as two choices; everybody gets the first plan."""
        message = _("Each set becomes two questions, and everybody gets the same sets.")
        self.say(question, message, "best_worst")
        self.say_states(question)
        kind = REGISTRY[question.kind]
        labels = {entry["code"]: entry["label"] for entry in question.settings["items"]}
        found = []
        for number, task in enumerate(design_of(question.settings)[0], start=1):
            codes = {
                end: self.codes.take(f"{question.code[:14]}{end[0]}{number}", "Q")
                for end in ("best", "worst")
            }
            for place, end in enumerate(("best", "worst")):
                entries = [{"code": item, "label": labels[item]} for item in task]
                lines, _known = self.lines(entries, self.shortener(question))
                words = self.own(lambda tag, p=place: kind.words(question, tag)[p])  # type: ignore[misc, attr-defined]
                label = {
                    tag: f"{label_of(question.label, tag)} ({number}) – {words[tag]}"
                    for tag in self.languages
                }
                asked = Asked(codes[end], "L", label, answers=lines, is_field=True)
                if end == "worst":
                    asked.attributes["em_validation_q"] = (
                        f"is_empty(self) or self != {codes['best']}.NAOK"
                    )
                found.append(asked)
        return found
