"""A questionnaire of ours as a text table that LimeSurvey imports (“Tab-separated-values”)."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from io import StringIO
from typing import Final

from core.i18n import _, text_in
from surveys.documents import Question, QuestionnaireDocument, Quota, Section
from surveys.interchange.limesurvey.asked import Asked, Asker, Line
from surveys.interchange.limesurvey.outward import Outward
from surveys.interchange.limesurvey.remarks import Report
from surveys.interchange.limesurvey.script import ScriptError
from surveys.interchange.limesurvey.shorten import QUESTION, Shortener
from surveys.interchange.notices import Notice
from surveys.logic import ExpressionError, Reference, parse, pipes
from surveys.logic.syntax import Call, Literal, Name, Node, Operation

BOM: Final = "\ufeff"
FIRST_COLUMNS: Final = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language",
    "validation", "em_validation_q", "mandatory", "other", "default", "same_default",
)  # fmt: skip
_FORMULA: Final = re.compile(r"[=+\-@]")
_LONGEST_TITLE: Final = 200
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, with what is different in it and what is missing."""

    data: bytes
    notices: tuple[Notice, ...] = ()
    problems: tuple[Notice, ...] = ()


def write_limesurvey(document: QuestionnaireDocument) -> Exported:
    """The questionnaire as a .txt file; what has no counterpart is left out and named."""
    report = Report()
    rows = _Writer(document, report).rows()
    columns = [*FIRST_COLUMNS]
    columns += sorted({name for row in rows for name in row} - set(columns))
    stream = StringIO()
    writer = csv.DictWriter(stream, columns, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    data = (BOM + stream.getvalue()).encode()
    return Exported(data, tuple(report.notices), tuple(report.problems))


@dataclass(slots=True)
class _Placed:
    """A question of ours with what it becomes."""

    question: Question
    asked: list[Asked]


@dataclass(slots=True)
class _Writer:
    document: QuestionnaireDocument
    report: Report
    asker: Asker = field(init=False)
    sections: list[tuple[Section, list[_Placed]]] = field(default_factory=list)
    #: Rows of quotas by the question that they count, and those of the quotas themselves.
    members: dict[str, list[Row]] = field(default_factory=dict)
    quotas: list[tuple[str, Quota]] = field(default_factory=list)

    @property
    def default(self) -> str:
        return self.document.default_language

    @property
    def languages(self) -> list[str]:
        return [self.default, *(tag for tag in self.document.languages if tag != self.default)]

    def rows(self) -> list[Row]:
        """Everything in the base language first, then again in each other one."""
        codes = Shortener(self.report, "", QUESTION)
        self.asker = Asker(self.report, self.languages, codes)
        for section in self.document.sections:
            placed = [_Placed(one, self.asker.ask(one)) for one in section.questions]
            self.sections.append((section, placed))
        self._rules()
        for number, quota in enumerate(self.document.quotas, start=1):
            self._quota(str(number), quota)
        found = self._survey_rows()
        for language in self.languages:
            found += self._language_rows(language)
        return found

    def outward(self, this: str = "") -> Outward:
        return Outward(self.asker.targets, this)

    def script(self, source: str, place: str, column: str, this: str = "") -> str:
        """A translated expression, or "" with a problem."""
        try:
            return self.outward(this).script(source)
        except ScriptError as error:
            message = _(
                "The expression cannot be translated: %(reason)s It reads: %(source)s",
                reason=error.message,
                source=source[:200],
            )
            self.report.problem(place, message, error.feature or "expression", column)
            return ""

    def _rules(self) -> None:
        """Conditions, once all questions have their codes."""
        for section, placed in self.sections:
            for one in placed:
                for asked in one.asked:
                    self._question_rules(one.question, asked)
                    if section.randomise:
                        asked.attributes["random_group"] = section.code[:_LONGEST_TITLE]

    def _question_rules(self, question: Question, asked: Asked) -> None:
        code = question.code
        if question.relevant:
            asked.relevant = self.script(question.relevant, code, "relevant")
        if question.constraint and asked.is_field:
            words = self.script(question.constraint, code, "constraint", code)
            asked.attributes["em_validation_q"] = f"is_empty(self) or ({words})" if words else ""
            asked.words["em_validation_q_tip"] = question.constraint_message
        elif question.constraint:
            message = _("A rule for an answer of several parts cannot be translated.")
            self.report.problem(code, message, "constraint", "constraint")
        if question.kind == "calculated":
            words = self.script(question.settings["calculation"], code, "calculation")
            asked.attributes["equation"] = f"{{{words}}}"
        asked.parts = [self._line(question, line) for line in asked.parts]
        if any(line.relevant for line in asked.answers):
            message = _("LimeSurvey shows all answers of this type to everybody.")
            self.report.problem(code, message, "relevant", "options")
        if question.required_message:
            message = _("LimeSurvey has words of its own for questions that were left open.")
            self.report.notice(code, message, "required_message", "required_message")

    def _line(self, question: Question, line: Line) -> Line:
        if not line.relevant:
            return line
        return replace(line, relevant=self.script(line.relevant, question.code, line.code))

    def _quota(self, number: str, quota: Quota) -> None:
        """A quota counts answers: of one question any, of several questions one each."""
        try:
            wanted = _members(parse(quota.condition).root)
        except (ExpressionError, ScriptError, RecursionError):
            wanted = None
        targets = self.asker.targets
        if not wanted or any(
            code not in targets or value not in targets[code].parts for code, value in wanted
        ):
            message = _("Quotas of LimeSurvey count single answers; this one says something else.")
            self.report.problem(quota.code, message, "quota", "condition")
            return
        self.quotas.append((number, quota))
        for code, value in wanted:
            theirs = targets[code].parts[value]
            row = {"related_id": number, "class": "QTAM", "name": theirs}
            self.members.setdefault(code, []).append(row)

    def _survey_rows(self) -> list[Row]:
        more = " ".join(self.languages[1:])
        settings = {"language": self.default, "additional_languages": more, "format": "G"}
        found = [
            {"class": "S", "name": name, "text": value, "language": self.default}
            for name, value in settings.items()
            if value
        ]
        for language in self.languages:
            title = self._text(self.document.title, language).replace("\n", " ")
            words = {
                "surveyls_title": title[:_LONGEST_TITLE],
                "surveyls_endtext": self.html(self.document.thanks, language, "thanks"),
            }
            found += [
                {"class": "SL", "name": name, "text": text, "language": language}
                for name, text in words.items()
                if text
            ]
        return found

    def _text(self, texts: dict[str, str], language: str) -> str:
        return text_in(texts, language, self.default)

    def html(self, texts: object, language: str, place: str) -> str:
        """A text as LimeSurvey shows it: markup, braces and formulas are plain signs there."""
        text = self._text(dict(texts), language) if isinstance(texts, dict) else ""
        words = "".join(
            self._piped(piece.name, place) if isinstance(piece, Reference) else _marked(piece)
            for piece in pipes(text)
        )
        return f"&#{ord(words[0])};{words[1:]}" if _FORMULA.match(words) else words

    def _piped(self, code: str, place: str) -> str:
        target = self.asker.targets.get(code)
        if target is not None and target.shape == "value":
            return f"{{{target.code}.shown}}"
        message = _("The answer to “%(code)s” cannot stand in a text of LimeSurvey.")
        self.report.problem(place, message % {"code": code}, "piping", "text")
        return "…"

    def _language_rows(self, language: str) -> list[Row]:
        is_base = language == self.default
        found: list[Row] = []
        for number, (section, placed) in enumerate(self.sections, start=1):
            found.append(self._group_row(number, section, language))
            for one in placed:
                for asked in one.asked:
                    found += self._question_rows(one.question, asked, language)
                if is_base:
                    found += self.members.get(one.question.code, [])
        for number_, quota in self.quotas:
            if is_base:
                found.append(
                    {
                        "id": number_,
                        "class": "QTA",
                        "name": quota.code,
                        "other": "1",
                        "mandatory": str(quota.limit),
                        "default": "1",
                        "same_default": "0",
                    }
                )
        found += [
            {
                "related_id": number_,
                "class": "QTALS",
                "language": language,
                "relevance": self.html(quota.message, language, quota.code)
                or _("The quota is full."),
            }
            for number_, quota in self.quotas
        ]
        return found

    def _group_row(self, number: int, section: Section, language: str) -> Row:
        relevance = "1"
        if section.relevant:
            relevance = self.script(section.relevant, section.code, "relevant") or "1"
        return {
            "class": "G",
            "type/scale": str(number),
            "name": self._text(section.title, language)[:100] or section.code,
            "relevance": relevance,
            "text": self.html(section.intro, language, section.code),
            "language": language,
        }

    def _question_rows(self, question: Question, asked: Asked, language: str) -> list[Row]:
        hints = (question.hint, question.guidance)
        helps = [self.html(texts, language, question.code) for texts in hints]
        row = {
            "class": "Q",
            "type/scale": asked.type,
            "name": asked.code,
            "relevance": asked.relevant or "1",
            "text": self.html(asked.texts, language, question.code),
            "help": "<br />".join(filter(None, helps)),
            "language": language,
            "validation": asked.pattern,
            "mandatory": {True: "Y", "soft": "S"}.get(question.required, "N"),
            "other": "Y" if asked.other else "N",
            "same_default": "0",
        }
        row |= {name: value for name, value in asked.attributes.items() if value}
        for name, texts in asked.words.items():
            words = self.html(texts, language, question.code)
            if words:
                row[name] = words
        return [row, *self._line_rows(question, asked, language)]

    def _line_rows(self, question: Question, asked: Asked, language: str) -> Iterable[Row]:
        for kind, lines in (("SQ", asked.parts), ("A", asked.answers)):
            for line in lines:
                text = self.html(line.texts, language, question.code)
                row = {"class": kind, "type/scale": "0", "name": line.code, "text": text}
                if kind == "SQ":
                    row["relevance"] = line.relevant or "1"
                yield {**row, "language": language}


def _marked(text: str) -> str:
    """Plain words as HTML; braces would begin an expression."""
    words = escape(text).replace("{", "&#123;").replace("}", "&#125;")
    return words.replace("\r\n", "\n").replace("\n", "<br />").replace("\t", " ")


def _members(node: Node) -> list[tuple[str, str]]:
    """The answers of a condition such as `(${a} = 'x' or ${a} = 'y') and ${b} = 'z'`."""
    match node:
        case Operation(operator="and"):
            left, right = _members(node.left), _members(node.right)
            if {code for code, _value in left} & {code for code, _value in right}:
                raise ScriptError(_("One question stands on both sides of “and”."), "and")
            return left + right
        case Operation(operator="or"):
            found = _members(node.left) + _members(node.right)
            if len({code for code, _value in found}) > 1:
                raise ScriptError(_("“or” stands between two questions."), "or")
            return found
        case Operation(operator="=", left=Name(code=code), right=Literal(value=str() as value)):
            return [(code, value)]
        case Call(name="selected", arguments=(Name(code=code), Literal(value=value))):
            return [(code, str(value))]
    raise ScriptError(_("The condition is no list of answers."), "quota")
