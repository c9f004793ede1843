"""Questions of LimeSurvey as questions of ours, by the shape that they get here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from core.config import LARGEST_UPLOAD
from core.i18n import _
from surveys.interchange.limesurvey.rules import Rules
from surveys.interchange.limesurvey.subjects import FIXED, Named, is_hidden
from surveys.interchange.limesurvey.survey import Choice, LimeQuestion, Texts
from surveys.interchange.limesurvey.wording import Wording
from surveys.questions.number import MOST_DECIMALS
from surveys.questions.text import LONGEST

Made = dict[str, Any]
_MEGABYTE: Final = 1024 * 1024
_DATE_ONLY_YEAR: Final = frozenset({"yyyy", "yy"})
_WORDS: Final[dict[str, dict[str, Callable[[], str]]]] = {
    "Y": {"Y": lambda: _("Yes"), "N": lambda: _("No")},
    "G": {"F": lambda: _("Female"), "M": lambda: _("Male")},
    "C": {"Y": lambda: _("Yes"), "U": lambda: _("Uncertain"), "N": lambda: _("No")},
    "E": {"I": lambda: _("Increase"), "S": lambda: _("Same"), "D": lambda: _("Decrease")},
}
_IMAGES: Final = frozenset(("jpg", "jpeg", "png", "gif", "webp", "heic"))
_TABLES: Final = frozenset(("csv", "xls", "xlsx", "ods", "tsv"))


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes questions; rules (conditions, limits) are put in by `rules`."""

    wording: Wording
    rules: Rules

    def questions(self, question: LimeQuestion, named: Named) -> list[Made]:
        """What a question becomes: one question, several, or none."""
        makers: dict[str, Callable[[LimeQuestion, Named], list[Made]]] = {
            "choice": self.choice,
            "multiple": self.multiple,
            "matrix": self.matrix,
            "dual": self.dual,
            "ranking": self.ranking,
            "split": self.split,
            "points": self.points,
            "grid": self.grid,
            "ticks": self.ticks,
            "number": self.single,
            "text": self.single,
            "note": self.single,
        }
        made = makers[named.shape](question, named)
        for one in made:
            self.rules.apply(question, one)
        return made

    def base(self, question: LimeQuestion, code: str, kind: str) -> Made:
        """What every question has."""
        return {
            "code": code,
            "kind": kind,
            "label": self.wording.label(question.texts, code, "text", question.code),
            "hint": self.wording.texts(question.helps, code, "help"),
            "required": {"Y": True, "S": "soft"}.get(question.mandatory, False),
            "settings": {},
        }

    def part(self, question: LimeQuestion, part: Choice, code: str, kind: str) -> Made:
        """A question that comes of one subquestion."""
        made = self.base(question, code, kind)
        words = self.wording.texts(part.texts, code, "text")
        made["label"] = _together(made["label"], words, self.wording.default)
        made["part"] = part
        if part.mandatory == "Y":
            made["required"] = True
        return made

    def choices(
        self, question: LimeQuestion, given: Sequence[Choice], codes: dict[tuple[int, str], str]
    ) -> list[Made]:
        """Options, rows or items."""
        place = self.rules.named(question).code
        found = []
        for choice in given:
            code = codes[choice.scale, choice.code]
            label = self.wording.label(choice.texts, place, f"text of {choice.code}", choice.code)
            found.append({"code": code, "label": label, "theirs": choice.code})
            if choice.relevance not in {"", "1"}:
                found[-1]["script"] = choice.relevance
        return found

    def fixed(self, question: LimeQuestion) -> list[Made]:
        """Options that LimeSurvey has words of its own for."""
        words = _WORDS.get(question.type, {})
        return [
            {
                "code": code,
                "label": self.wording.own(words[code])
                if code in words
                else dict.fromkeys(self.wording.tags.values(), code),
                "theirs": code,
            }
            for code in FIXED[question.type]
        ]

    def choice(self, question: LimeQuestion, named: Named) -> list[Made]:
        if question.type == "5":
            made = self.base(question, named.code, "rating_scale")
            made["settings"] = {"points": 5}
            return [made]
        made = self.base(question, named.code, "single_choice")
        is_fixed = question.type in FIXED
        options = (
            self.fixed(question)
            if is_fixed
            else self.choices(question, question.answers, named.answers)
        )
        made["settings"] = {"options": options, **self.other(question)}
        if "comment" not in named.questions:
            return [made]
        comment = self.comment(question, named.questions["comment"])
        return [made, comment]

    def comment(self, question: LimeQuestion, code: str) -> Made:
        """Words beside a choice, as a question of their own."""
        made = self.base(question, code, "long_text")
        words = self.wording.own(lambda: _("Your comment"))
        made["label"] = _together(made["label"], words, self.wording.default)
        return {**made, "hint": {}, "required": False}

    def other(self, question: LimeQuestion) -> Made:
        if not question.other:
            return {}
        place = self.rules.named(question).code
        label = self.wording.texts(question.words("other_replace_text"), place, "other")
        return {"other": True, **({"other_label": label} if label else {})}

    def multiple(self, question: LimeQuestion, named: Named) -> list[Made]:
        made = self.base(question, named.code, "multiple_choice")
        options = self.choices(question, question.parts_of(0), named.parts)
        made["settings"] = {"options": options, **self.other(question)}
        found = [made]
        for part in question.parts_of(0):
            if part.code in named.questions:
                code = named.questions[part.code]
                comment = self.part(question, part, code, "short_text")
                option = named.parts[0, part.code]
                comment |= {"hint": {}, "required": False}
                comment["relevant"] = f"selected(${{{named.code}}}, '{option}')"
                found.append(comment)
        return found

    def matrix(self, question: LimeQuestion, named: Named) -> list[Made]:
        made = self.base(question, named.code, "matrix")
        is_fixed = question.type in FIXED
        columns = (
            self.fixed(question)
            if is_fixed
            else self.choices(question, question.answers_of(0), named.answers)
        )
        made["settings"] = {
            "rows": self.choices(question, question.parts_of(0), named.parts),
            "columns": columns,
            "is_scale": question.type in {"A", "B"},
        }
        return [made]

    def dual(self, question: LimeQuestion, named: Named) -> list[Made]:
        """Two scales beside each other are two matrices, one after the other."""
        message = _("A question with two scales becomes two questions with the same rows.")
        self.rules.report.notice(named.code, message, "array dual scale")
        found = []
        for scale, header in ((0, "dualscale_headerA"), (1, "dualscale_headerB")):
            code = named.questions[str(scale)]
            made = self.base(question, code, "matrix")
            words = self.wording.texts(question.words(header), code, header)
            made["label"] = _together(made["label"], words, self.wording.default)
            made["settings"] = {
                "rows": self.choices(question, question.parts_of(0), named.parts),
                "columns": self.choices(question, question.answers_of(scale), named.answers),
                "is_scale": False,
            }
            found.append(made)
        return found

    def ranking(self, question: LimeQuestion, named: Named) -> list[Made]:
        made = self.base(question, named.code, "ranking")
        given = question.answers or question.parts_of(0)
        made["settings"] = {"items": self.choices(question, given, named.parts)}
        limits = [question.number(name) for name in ("max_answers", "max_subquestions")]
        top = min((int(limit) for limit in limits if limit is not None), default=0)
        if 0 < top < len(given):
            made["settings"]["top"] = top
        return [made]

    def split(self, question: LimeQuestion, named: Named) -> list[Made]:
        kind = "number" if question.type == "K" else "short_text"
        self._say_split(question, named, len(question.parts_of(0)))
        found = []
        for part in question.parts_of(0):
            made = self.part(question, part, named.questions[part.code], kind)
            if kind == "number":
                made["settings"] = self.bounds(question)
            found.append(made)
        return found

    def _say_split(self, question: LimeQuestion, named: Named, count: int) -> None:
        message = _("The question becomes %(count)s questions of one field each.", count=count)
        self.rules.report.notice(named.code, message, f"type {question.type}")

    def points(self, question: LimeQuestion, named: Named) -> list[Made]:
        made = self.base(question, named.code, "points")
        items = self.choices(question, question.parts_of(0), named.parts)
        total = int(question.number("equals_num_value") or 1)
        made["settings"] = {"items": items, "total": total}
        return [made]

    def grid(self, question: LimeQuestion, named: Named) -> list[Made]:
        """A field a cell."""
        kind = "number" if question.type == ":" else "short_text"
        rows, columns = question.parts_of(0), question.parts_of(1)
        self._say_split(question, named, len(rows) * len(columns))
        found = []
        for row in rows:
            for column in columns:
                code = named.questions[f"{row.code} {column.code}"]
                made = self.part(question, row, code, kind)
                words = self.wording.texts(column.texts, code, "text")
                made["label"] = _together(made["label"], words, self.wording.default)
                if kind == "number":
                    made["settings"] = self.bounds(question)
                found.append(made)
        return found

    def ticks(self, question: LimeQuestion, named: Named) -> list[Made]:
        """A row of boxes is a choice of several."""
        self._say_split(question, named, len(question.parts_of(0)))
        found = []
        for row in question.parts_of(0):
            made = self.part(question, row, named.questions[row.code], "multiple_choice")
            options = self.choices(question, question.parts_of(1), named.parts)
            made["settings"] = {"options": options}
            found.append(made)
        return found

    def single(self, question: LimeQuestion, named: Named) -> list[Made]:
        """A question of one field, or of none."""
        kind = _kind_of(question, named)
        if question.type == "*" and not question.attribute("equation"):
            # Its text is the equation, and no words for people.
            question = replace(question, texts=dict.fromkeys(question.texts, question.code))
        made = self.base(question, named.code, kind)
        match kind:
            case "number":
                made["settings"] = self.bounds(question)
            case "short_text" | "long_text":
                made["settings"] = _length(question)
            case "date":
                made["settings"] = self.dates(question)
            case "file":
                made["settings"] = self.files(question)
            case "note" | "calculated":
                made["required"] = False
        return [made]

    def bounds(self, question: LimeQuestion) -> Made:
        """Between which numbers, and how fine."""
        is_several = question.type == "K"
        low = question.number("min_num_value_n")
        high = question.number("max_num_value_n")
        if question.type == ":":
            low, high = question.number("multiflexible_min"), question.number("multiflexible_max")
        if is_several and question.attribute("slider_layout"):
            low, high = question.number("slider_min"), question.number("slider_max")
        found: Made = {"decimals": 0 if question.attribute("num_value_int_only") else MOST_DECIMALS}
        if low is not None:
            found["minimum"] = low
        if high is not None:
            found["maximum"] = high
        unit = self.wording.texts(
            question.words("suffix"), self.rules.named(question).code, "suffix"
        )
        return {**found, **({"unit": unit} if unit else {})}

    def dates(self, question: LimeQuestion) -> Made:
        place = self.rules.named(question).code
        form = question.attributes.get("date_format", {}).get("", "").strip()
        found: Made = {}
        if form.lower() in _DATE_ONLY_YEAR:
            found["precision"] = "year"
        elif form and "d" not in form.lower() and "m" in form.lower() and "H" not in form:
            found["precision"] = "month"
        if "H" in form or "M" in form:
            message = _("The time of day is not asked for here, only the date.")
            self.rules.report.notice(place, message, "time of day", "date_format")
        for name, setting in (("date_min", "earliest"), ("date_max", "latest")):
            day = self.rules.day(question, name)
            if day:
                found[setting] = day
        return found

    def files(self, question: LimeQuestion) -> Made:
        place = self.rules.named(question).code
        allowed = question.attributes.get("allowed_filetypes", {}).get("", "")
        endings = {ending.strip(" .").lower() for ending in allowed.split(",")} - {""}
        found: Made = {}
        if endings:
            found = {
                "images": bool(endings & _IMAGES),
                "tables": bool(endings & _TABLES),
                "documents": bool(endings - _IMAGES - _TABLES),
            }
        size = question.number("max_filesize")
        if size is not None:
            most = LARGEST_UPLOAD // _MEGABYTE
            found["max_megabytes"] = min(most, max(1, -(-int(size) // 1024)))
        if question.attribute("max_num_of_files") not in {"", "1"}:
            message = _("One file can be given here, not several.")
            self.rules.report.notice(place, message, "several files", "max_num_of_files")
        return found


def _kind_of(question: LimeQuestion, named: Named) -> str:
    """The kind of a question of one field."""
    if is_hidden(question):
        return "calculated"
    if named.shape == "number":
        return "number"
    kinds = {"D": "date", "|": "file", "X": "note", "*": "calculated", "S": "short_text"}
    return kinds.get(question.type, "long_text")


def _length(question: LimeQuestion) -> Made:
    limit = question.number("maximum_chars")
    if limit is not None and 1 <= limit <= LONGEST:
        return {"max_length": int(limit)}
    return {"max_length": LONGEST} if question.type == "U" else {}


def _together(first: Texts, second: Texts, default: str) -> Texts:
    """Two texts in one, in every language that has one of them."""
    if not second:
        return first
    found = {}
    for tag in dict.fromkeys((*first, *second)):
        parts = (
            first.get(tag) or first.get(default, ""),
            second.get(tag) or second.get(default, ""),
        )
        found[tag] = " – ".join(part for part in parts if part)
    return found
