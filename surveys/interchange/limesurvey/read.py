"""A survey of LimeSurvey (.lss) as a questionnaire of ours."""

from typing import Any, Final

from core.i18n import _
from surveys.interchange.checking import faults
from surveys.interchange.limesurvey.kinds import Maker
from surveys.interchange.limesurvey.plain import plain
from surveys.interchange.limesurvey.remarks import Refused, Report
from surveys.interchange.limesurvey.rows import read_tables
from surveys.interchange.limesurvey.rules import ALWAYS, Rules
from surveys.interchange.limesurvey.script import Binary, Junction, Part, Text, Variable
from surveys.interchange.limesurvey.subjects import (
    FIXED,
    GRIDS,
    MOST_CELLS,
    Names,
    Sort,
    is_hidden,
)
from surveys.interchange.limesurvey.survey import Group, LimeQuestion, LimeQuota, Survey, survey_of
from surveys.interchange.limesurvey.wording import Wording, wording_of
from surveys.interchange.notices import Imported, Notice
from surveys.interchange.xlsform.names import Codes, question_code

MOST_QUESTIONS: Final = 2_000
_NEEDED: Final = {"L": "answers", "!": "answers", "O": "answers", "F": "both", "H": "both"}
Made = dict[str, Any]


def read_lss(data: bytes) -> Imported:
    """Read a survey; where anything cannot be taken over, problems say it and there is no document."""
    report = Report()
    try:
        survey = survey_of(read_tables(data))
        document = _Reader(survey, report).document()
    except Refused as refused:
        return Imported(None, (), (Notice("", None, "", refused.message, refused.feature),))
    except RecursionError:
        message = _("The survey is nested too deeply.")
        return Imported(None, (), (Notice("", None, "", message, "nesting"),))
    problems = tuple(report.problems) or faults(document)
    return Imported(None if problems else document, tuple(report.notices), problems)


class _Reader:
    """One walk over a survey."""

    def __init__(self, survey: Survey, report: Report) -> None:
        self.survey = survey
        self.report = report
        self.names = Names(survey, report)
        self.wording: Wording = wording_of(survey, report)
        self.names.give()
        self.wording.subjects = self.names.subjects
        self.rules = Rules(self.names, self.wording)
        self.maker = Maker(self.wording, self.rules)
        self.sections = Codes()

    def document(self) -> Made:
        count = sum(len(group.questions) for group in self.survey.groups)
        if count > MOST_QUESTIONS:
            message = _("The survey has more than %(limit)s questions.", limit=MOST_QUESTIONS)
            raise Refused(message, "size")
        sections = [self.section(group) for group in self.survey.groups]
        sections = [section for section in sections if section["questions"]]
        if not sections:
            self.report.problem("", _("The survey asks no questions."))
        else:
            sections[0]["questions"][:0] = self.opening()
        self.say_left_out()
        quotas = [quota for entry in self.survey.quotas for quota in self.quota(entry)]
        thanks = self.wording.texts(self.words("surveyls_endtext"), "", "surveyls_endtext")
        return {
            "title": self.wording.label(
                self.words("surveyls_title"), "", "surveyls_title", _("Survey")
            ),
            "default_language": self.wording.default,
            "languages": list(self.wording.tags.values()),
            "sections": sections,
            **({"quotas": quotas} if quotas else {}),
            **({"thanks": thanks} if thanks else {}),
        }

    def words(self, name: str) -> dict[str, str]:
        return self.survey.words.get(name, {})

    def opening(self) -> list[Made]:
        """What stands before the first question: words of welcome, and the policy to agree to."""
        found = []
        welcome = [self.words(name) for name in ("surveyls_description", "surveyls_welcometext")]
        texts = {
            language: "\n\n".join(words[language] for words in welcome if words.get(language))
            for language in self.survey.languages
        }
        label = self.wording.texts(texts, "", "surveyls_welcometext")
        if label.get(self.wording.default):
            code = self.names.codes.take("welcome")
            found.append({"code": code, "kind": "note", "label": label})
        policy = self.wording.texts(
            self.words("surveyls_policy_notice"), "", "surveyls_policy_notice"
        )
        if policy and self.survey.settings.get("showsurveypolicynotice") in {"1", "2"}:
            found.append(self.consent(policy))
        return found

    def consent(self, policy: dict[str, str]) -> Made:
        own = self.wording.own(lambda: _("Data protection"))
        words = self.words("surveyls_policy_notice_label")
        agree = self.wording.texts(words, "", "surveyls_policy_notice_label")
        return {
            "code": self.names.codes.take("data_policy"),
            "kind": "consent",
            "label": own,
            "required": True,
            "settings": {"text": policy, **({"agree_label": agree} if agree else {})},
        }

    def section(self, group: Group) -> Made:
        questions = [one for question in group.questions for one in self.questions(question)]
        number = group.gid or "1"
        title = self.wording.label(group.titles, f"group {number}", "group_name", number)
        code = self.sections.take(question_code(next(iter(title.values()))[:40]))
        intro = self.wording.texts(group.intros, code, "description")
        found: Made = {"code": code, "title": title, "questions": [_bare(one) for one in questions]}
        if intro:
            found["intro"] = intro
        if group.relevance not in ALWAYS:
            found["relevant"] = self.rules.condition(group.relevance, code, "grelevance")
        if group.is_random:
            message = _("The groups stand in the order of the file.")
            self.report.notice(code, message, "random order of groups", "randomization_group")
        mixed = {question.attribute("random_group") for question in group.questions}
        if len(mixed) == 1 and mixed != {""}:
            found["randomise"] = True
        return found

    def questions(self, question: LimeQuestion) -> list[Made]:
        named = self.names.named[question.qid]
        if not named.shape:
            self.say_not_taken(question, named.code)
            return []
        lists = _NEEDED.get(question.type, "parts" if question.type in "MPABCEQK1:;" else "")
        has_lists = {
            "": True,
            "answers": bool(question.answers),
            "parts": bool(question.parts),
            "both": bool(question.answers and question.parts),
        }
        if not has_lists[lists]:
            self.report.problem(named.code, _("The question has nothing to choose from."))
            return []
        return self.maker.questions(question, named)

    def say_not_taken(self, question: LimeQuestion, code: str) -> None:
        """Name what is not asked here."""
        if question.type == "I":
            message = _("The language can be changed on every page; the question was left out.")
            self.report.notice(code, message, "language switch")
        elif question.type in GRIDS and not is_hidden(question):
            message = _("A table of more than %(limit)s fields cannot be asked.", limit=MOST_CELLS)
            self.report.problem(code, message, f"type {question.type}")
        elif is_hidden(question):
            self.report.notice(code, _("The question is never shown and was left out."), "hidden")
        else:
            message = _("There is no counterpart to the question type “%(type)s”.")
            self.report.problem(code, message % {"type": question.type}, f"type {question.type}")

    def quota(self, quota: LimeQuota) -> list[Made]:
        place = f"quota {quota.name}"
        if not quota.is_active or not quota.members:
            message = _("The quota is not in use and was left out.")
            self.report.notice(place, message, "quota")
            return []
        by_question: dict[str, list[Part]] = {}
        for qid, code in quota.members:
            by_question.setdefault(qid, []).append(self.member(qid, code))
        all_of = [_joined("or", parts) for parts in by_question.values()]
        source = ", ".join(code for _qid, code in quota.members)
        condition = self.rules.truth(_joined("and", all_of), place, source)
        words = self.wording.texts(quota.messages, place, "quotals_message")
        code = self.sections.take(question_code(quota.name[:40]))
        return [
            {
                "code": code,
                "condition": condition,
                "limit": quota.limit,
                **({"message": words} if words else {}),
            }
        ]

    def member(self, qid: str, code: str) -> Part:
        """One answer that a quota counts."""
        questions = (q for group in self.survey.groups for q in group.questions)
        question = next((q for q in questions if q.qid == qid), None)
        name = question.code if question is not None else f"question {qid}"
        whole = self.names.subjects.get(name)
        if whole is not None and whole.sort is Sort.CHOICE:
            return Binary("==", Variable(name), Text(code))
        row, _mark, column = code.partition("-")
        if question is not None and question.type in {"A", "B"} and column in FIXED["B"]:
            return Binary("==", Variable(f"{name}_{row}"), Text(column))
        return Binary("==", Variable(f"{name}_{code}"), Text("Y"))

    def say_left_out(self) -> None:
        """Settings of the survey that have another place here."""
        if self.survey.has_assessments:
            self.report.notice("", _("Points for answers are not counted here."), "assessments")
        for name in ("surveyls_url", "surveyls_policy_error"):
            if any(plain(text).text for text in self.words(name).values()):
                message = _("“%(name)s” has no counterpart here and was left out.", name=name)
                self.report.notice("", message, name, name)


def _joined(sign: str, parts: list[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Junction(sign, tuple(parts))


def _bare(made: Made) -> Made:
    """A question without what says nothing."""
    return {name: value for name, value in made.items() if value not in ({}, "", False, None)}
