"""Texts of a survey in our languages: plain, with our places for earlier answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.i18n import _, force_locale
from surveys.interchange.limesurvey.plain import plain
from surveys.interchange.limesurvey.remarks import Report
from surveys.interchange.limesurvey.script import ScriptError, Variable, pieces, read_script
from surveys.interchange.limesurvey.subjects import Sort, Subject
from surveys.interchange.limesurvey.survey import Survey, Texts
from surveys.interchange.xlsform.languages import UNKNOWN, tag_of

#: What of an answer can stand in a text.
_PIPED: Final = frozenset({"", "NAOK", "shown", "value"})
_WHOLE: Final = frozenset({Sort.TEXT, Sort.NUMBER, Sort.CHOICE})
UNSEEN: Final = "…"


@dataclass(slots=True)
class Wording:
    """Reads texts; what cannot be taken over is said with the place that it stood at."""

    report: Report
    #: Their codes of languages and ours, the first one the default.
    tags: dict[str, str]
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    _has_formatting: bool = False
    _is_foreign: bool = False

    @property
    def default(self) -> str:
        return next(iter(self.tags.values()))

    def texts(self, given: Mapping[str, str], place: str, column: str) -> Texts:
        """The texts that say something."""
        found = {
            tag: self.text(given[language], place, column)
            for language, tag in self.tags.items()
            if given.get(language)
        }
        return {tag: text for tag, text in found.items() if text}

    def label(self, given: Mapping[str, str], place: str, column: str, instead: str) -> Texts:
        """Texts that need one in the default language."""
        found = self.texts(given, place, column)
        if not found.get(self.default):
            found[self.default] = next(iter(found.values()), instead)
            message = _("There is no text in the first language; “%(text)s” is shown.")
            self.report.notice(place, message % {"text": found[self.default][:80]}, "", column)
        return found

    def text(self, source: str, place: str, column: str) -> str:
        """One text without markup and with `${code}` in the place of `{code}`."""
        words = plain(source)
        lost = [name for name in words.lost if name != "formatting"]
        if lost:
            names = ", ".join(f"<{name}>" for name in lost[:5])
            message = _("Texts are plain here. What stood in %(names)s was left out.", names=names)
            self.report.notice(place, message, lost[0], column)
        if len(lost) < len(words.lost) and not self._has_formatting:
            self._has_formatting = True
            message = _("Texts are plain here: bold, italic and other formatting is left out.")
            self.report.notice(place, message, "formatting", column)
        return "".join(
            self._piped(piece, place, column) if is_script else piece.replace("${", "$ {")
            for is_script, piece in pieces(words.text)
        )

    def _piped(self, script: str, place: str, column: str) -> str:
        code = self._code(script)
        if code:
            return f"${{{code}}}"
        message = _("“{%(script)s}” cannot stand in a text here and was left out.")
        self.report.notice(place, message % {"script": script[:80]}, "text with a script", column)
        return UNSEEN

    def _code(self, script: str) -> str:
        try:
            part = read_script(script.removeprefix("INSERTANS:"))
        except ScriptError:
            return ""
        if not isinstance(part, Variable) or part.suffix not in _PIPED:
            return ""
        subject = self.subjects.get(part.name)
        return subject.code if subject is not None and subject.sort in _WHOLE else ""

    def own(self, say: Callable[[], str]) -> Texts:
        """Words of ours in the languages that we speak, and in the default one in any case."""
        english, found = say(), {}
        for tag in self.tags.values():
            base = tag.split("-", maxsplit=1)[0]
            with force_locale(base if base != UNKNOWN else "en"):
                words = say()
            if words != english or base == "en":
                found[tag] = words
            elif not self._is_foreign:
                self._is_foreign = True
                message = _(
                    "Words that LimeSurvey has by itself, such as “%(words)s”, are not known in "
                    "this language. Translate them.",
                    words=english,
                )
                self.report.notice("", message, "words", tag)
        return {self.default: english, **found}


def wording_of(survey: Survey, report: Report) -> Wording:
    """Which of our languages theirs are."""
    tags: dict[str, str] = {}
    for language in survey.languages:
        tag = tag_of(language)
        if tag and tag not in tags.values():
            tags[language] = tag
        elif not tags:
            tags[language] = UNKNOWN
            _not_known(report, language, UNKNOWN)
        else:
            message = _("The language “%(code)s” is not known here and was left out.")
            report.notice("", message % {"code": language}, "language", language)
    if not tags:
        tags[""] = UNKNOWN
        report.problem("", _("The file does not say in which language the survey is."), "language")
    return Wording(report, tags)


def _not_known(report: Report, language: str, tag: str) -> None:
    message = _("The language “%(code)s” is not known; it is marked as “%(tag)s”.")
    report.notice("", message % {"code": language, "tag": tag}, "language", language)
