"""A survey as LimeSurvey thinks of it: groups, questions, what hangs on them, in every language."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from surveys.interchange.limesurvey.rows import Row, Tables

Texts = dict[str, str]
#: What an attribute says where it says nothing.
_NOTHING: Final = frozenset({"", "0", "N", "default", "normal", "none"})


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer option or a subquestion."""

    code: str
    texts: Texts
    scale: int = 0
    relevance: str = ""
    mandatory: str = ""
    #: Its id as a question; "" for an answer option.
    qid: str = ""


@dataclass(frozen=True, slots=True)
class LimeQuestion:
    """One question with all that belongs to it."""

    qid: str
    gid: str
    type: str
    code: str
    texts: Texts
    helps: Texts
    scripts: bool
    relevance: str
    mandatory: str
    other: bool
    pattern: str
    attributes: Mapping[str, Texts]
    parts: tuple[Choice, ...]
    answers: tuple[Choice, ...]
    defaults: tuple[str, ...]

    def attribute(self, name: str) -> str:
        """What an attribute says for all languages; "" where it says nothing."""
        value = self.attributes.get(name, {}).get("", "").strip()
        return "" if value in _NOTHING else value

    def number(self, name: str) -> float | None:
        """An attribute that is a plain number."""
        value = self.attributes.get(name, {}).get("", "").strip()
        try:
            found = float(value)
        except ValueError:
            return None
        is_plain = all(sign in "0123456789.-" for sign in value)
        return found if is_plain and len(value) < 16 else None

    def words(self, name: str) -> Texts:
        """An attribute in its languages."""
        found = self.attributes.get(name, {})
        return {language: text for language, text in found.items() if language and text.strip()}

    def parts_of(self, scale: int) -> tuple[Choice, ...]:
        return tuple(part for part in self.parts if part.scale == scale)

    def answers_of(self, scale: int) -> tuple[Choice, ...]:
        return tuple(answer for answer in self.answers if answer.scale == scale)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of questions."""

    gid: str
    titles: Texts
    intros: Texts
    relevance: str
    is_random: bool
    questions: tuple[LimeQuestion, ...]


@dataclass(frozen=True, slots=True)
class LimeQuota:
    """A quota with the answers that it counts: pairs of question id and code."""

    name: str
    limit: int
    is_active: bool
    members: tuple[tuple[str, str], ...]
    messages: Texts


@dataclass(slots=True)
class Survey:
    """The whole survey."""

    sid: str
    languages: list[str]
    settings: Row
    words: dict[str, Texts]
    groups: list[Group] = field(default_factory=list)
    quotas: list[LimeQuota] = field(default_factory=list)
    #: Conditions of the older kind, by question id.
    conditions: dict[str, list[Row]] = field(default_factory=dict)
    has_assessments: bool = False


def survey_of(tables: Tables) -> Survey:
    """Put the rows together."""
    settings = next(iter(tables.of("surveys")), {})
    base = settings.get("language", "").strip()
    more = [*settings.get("additional_languages", "").split(), *tables.languages]
    languages = list(dict.fromkeys(code for code in [base, *more] if code))
    survey = Survey(settings.get("sid", ""), languages, settings, _survey_words(tables))
    questions = _questions(tables)
    survey.groups = [
        _group(row, tables, questions) for row in _in_order(tables.of("groups"), "group_order")
    ]
    survey.quotas = _quotas(tables)
    for row in tables.of("conditions"):
        survey.conditions.setdefault(row.get("qid", ""), []).append(row)
    survey.has_assessments = bool(tables.of("assessments"))
    return survey


def _survey_words(tables: Tables) -> dict[str, Texts]:
    found: dict[str, Texts] = defaultdict(dict)
    for row in tables.of("surveys_languagesettings"):
        for name, text in row.items():
            found[name][row.get("surveyls_language", "")] = text
    return found


def _number(row: Row, column: str) -> int:
    cell = row.get(column, "").strip()
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 9 else 0


def _in_order(rows: list[Row], column: str) -> list[Row]:
    return sorted(rows, key=lambda row: _number(row, column))


def _texts(tables: Tables, table: str, key: str, column: str) -> dict[str, Texts]:
    """Texts by the id of what they belong to."""
    found: dict[str, Texts] = defaultdict(dict)
    for row in tables.of(table):
        found[row.get(key, "")][row.get("language", "")] = row.get(column, "")
    return found


def _group(row: Row, tables: Tables, questions: Mapping[str, list[LimeQuestion]]) -> Group:
    gid = row.get("gid", "")
    mine = [words for words in tables.of("group_l10ns") if words.get("gid") == gid]
    return Group(
        gid=gid,
        titles={words.get("language", ""): words.get("group_name", "") for words in mine},
        intros={words.get("language", ""): words.get("description", "") for words in mine},
        relevance=row.get("grelevance", "").strip(),
        is_random=bool(row.get("randomization_group", "").strip()),
        questions=tuple(questions.get(gid, ())),
    )


def _questions(tables: Tables) -> dict[str, list[LimeQuestion]]:
    """Questions by their groups, in order."""
    texts = _texts(tables, "question_l10ns", "qid", "question")
    helps = _texts(tables, "question_l10ns", "qid", "help")
    scripts = _texts(tables, "question_l10ns", "qid", "script")
    parts, answers = _parts(tables, texts), _answers(tables)
    attributes = _attributes(tables)
    defaults = _defaults(tables)
    found: dict[str, list[LimeQuestion]] = defaultdict(list)
    for row in _in_order(tables.of("questions"), "question_order"):
        qid = row.get("qid", "")
        found[row.get("gid", "")].append(
            LimeQuestion(
                qid=qid,
                gid=row.get("gid", ""),
                type=row.get("type", ""),
                code=row.get("title", "").strip(),
                texts=texts[qid],
                helps=helps[qid],
                scripts=any(script.strip() for script in scripts[qid].values()),
                relevance=row.get("relevance", "").strip(),
                mandatory=row.get("mandatory", "").strip(),
                other=row.get("other", "") == "Y",
                pattern=row.get("preg", "").strip(),
                attributes=attributes[qid],
                parts=tuple(parts[qid]),
                answers=tuple(answers[qid]),
                defaults=tuple(defaults[qid]),
            )
        )
    return found


def _parts(tables: Tables, texts: Mapping[str, Texts]) -> dict[str, list[Choice]]:
    found: dict[str, list[Choice]] = defaultdict(list)
    for row in _in_order(tables.of("subquestions"), "question_order"):
        qid = row.get("qid", "")
        choice = Choice(
            code=row.get("title", "").strip(),
            texts=texts.get(qid, {}),
            scale=_number(row, "scale_id"),
            relevance=row.get("relevance", "").strip(),
            mandatory=row.get("mandatory", "").strip(),
            qid=qid,
        )
        found[row.get("parent_qid", "")].append(choice)
    return found


def _answers(tables: Tables) -> dict[str, list[Choice]]:
    texts = _texts(tables, "answer_l10ns", "aid", "answer")
    found: dict[str, list[Choice]] = defaultdict(list)
    for row in _in_order(tables.of("answers"), "sortorder"):
        code = row.get("code", "").strip()
        choice = Choice(code, texts[row.get("aid", "")], _number(row, "scale_id"))
        found[row.get("qid", "")].append(choice)
    return found


def _attributes(tables: Tables) -> dict[str, dict[str, Texts]]:
    found: dict[str, dict[str, Texts]] = defaultdict(lambda: defaultdict(dict))
    for row in tables.of("question_attributes"):
        value = row.get("value", "")
        if value:
            words = found[row.get("qid", "")][row.get("attribute", "")]
            words[row.get("language", "").strip()] = value
    return found


def _defaults(tables: Tables) -> dict[str, list[str]]:
    """What stands in a question before anybody answers."""
    texts: dict[str, str] = {}
    for row in tables.of("defaultvalue_l10ns"):
        if row.get("defaultvalue"):
            texts.setdefault(row.get("dvid", ""), row.get("defaultvalue", ""))
    found: dict[str, list[str]] = defaultdict(list)
    for row in tables.of("defaultvalues"):
        value = texts.get(row.get("dvid", ""), row.get("defaultvalue", ""))
        if value:
            found[row.get("qid", "")].append(value)
    return found


def _quotas(tables: Tables) -> list[LimeQuota]:
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in tables.of("quota_members"):
        members[row.get("quota_id", "")].append((row.get("qid", ""), row.get("code", "")))
    messages: dict[str, Texts] = defaultdict(dict)
    for row in tables.of("quota_languagesettings"):
        words = messages[row.get("quotals_quota_id", "")]
        words[row.get("quotals_language", "")] = row.get("quotals_message", "")
    return [
        LimeQuota(
            name=row.get("name", ""),
            limit=_number(row, "qlimit"),
            is_active=row.get("active", "1") != "0",
            members=tuple(members[row.get("id", "")]),
            messages=messages[row.get("id", "")],
        )
        for row in tables.of("quota")
    ]
