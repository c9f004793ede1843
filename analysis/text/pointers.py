"""Answers that say where the answer is, and nothing else."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from analysis.text.fillers import document, fillers, letters_of, plain
from analysis.text.tokens import LONGEST, base_language, words

#: A clause with more words than this says something itself, wherever else it points.
LONGEST_CLAUSE = 12
#: "As stated above" is more often an aside: so many words are a mere pointer with it.
LONGEST_ASIDE = 5
_ASIDE = re.compile(r"(?:as|comme|como|come|wie|som|jak|как|كما)\b")
#: Of the words that stand in no pointing clause, so many are an answer.
FEWEST_BESIDE = 2
#: So few words are compared with the pointers of all languages: "voir annexe" in an English form.
_ANY_LANGUAGE_WORDS = 6
#: Characters between a word for looking and the place to look at.
_BETWEEN = 30
#: The same where the clause opens with the word for looking.
_BETWEEN_AT_START = 60
#: What leads up to it: "for more details".
_FOR = (
    r"(?:for (?:an? |our |the |more |further |full |detailed |additional )+(?:details?|information"
    r"|opinion|response|answer|position|explanations?|comments?|views?)"
    r"|pour plus de (?:détails|précisions)|für (?:weitere|nähere) (?:details|informationen)"
    r"|para más (?:detalles|información))"
)
#: Before it: "please" and the like.
_POLITE = (
    rf"(?:{_FOR},? )?(?:please,? |pls |kindly |bitte |veuillez (?:vous )?|prière de |por favor,? "
    r"|alstublieft |proszę |пожалуйста,? )?"
)
#: What stands between a clause and the next one.
_AROUND = " ,(–—-["
#: A link and nothing else.
_LINK = re.compile(r"\W*(?:https?://|www\.)\S+\W*")
#: A link in a sentence, without the marks that close it.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]*[^\s<>.,;:!?)\]]")
#: Where a sentence ends; a dot after a short word is one of "cf.", "p." or "f.".
_SENTENCE = re.compile(r"(?<=\w{4})[.!?]+[\s)]+|(?<=[)\]”\"'»])[.!?]+\s+|[;!?。！？；]+\s*")


def points_elsewhere(written: str, language: str) -> bool:
    """Whether a text says where its answer is, and no more.

    Parameters
    ----------
    written : str
        As `analysis.text.fillers.plain` gives it.
    language : str
        A BCP 47 tag; it says which words point. Short texts are tried in all languages.

    Returns
    -------
    bool
        A clause points or it does not; a text does when fewer than two words (`FEWEST_BESIDE`)
        are left beside its pointing clauses, its greetings, and what it says of the form itself
        ("500 characters are too few").

    Examples
    --------
    >>> points_elsewhere("please see our paper. details are in the annex.", "en")
    True
    >>> points_elsewhere("labelling should be mandatory (see our paper attached)", "en")
    False
    """
    if _LINK.fullmatch(written):
        return True
    patterns = _chosen(written, language)
    clauses = _clauses(written, _openers(patterns))
    others = [clause for clause in clauses if not _points(clause, patterns, language)]
    if len(others) == len(clauses):
        return False
    beside = sum(
        len(_said(clause, language)) for clause in others if not _is_of_the_form(clause, language)
    )
    return beside < FEWEST_BESIDE


def without_pointers(text: str, language: str) -> str:
    """A text in which spaces stand for links and for clauses that only point elsewhere.

    Parameters
    ----------
    text : str
        As its author wrote it.
    language : str
        A BCP 47 tag; in a language whose pointers are not known only links are taken out.

    Returns
    -------
    str
        Of the same length, so that every other word keeps its place; a text that does nothing
        but point stays as it is, to be counted as one. Answers are not near each
        other because both end in "see the attached document for further details".

    Examples
    --------
    >>> without_pointers("Ban all tracking, see our paper. Now!", "en")
    'Ban all tracking               . Now!'
    """
    base, known = base_language(language), _pointers()
    if len(text) > LONGEST:
        return text
    found = _ADDRESS.sub(lambda match: " " * len(match.group()), text)
    patterns = tuple(dict.fromkeys((known[base], known["en"]))) if base in known else ()
    is_looking = bool(patterns) and _looks(patterns).search(text) is not None
    for start, end in _spans(text, _openers(patterns)) if is_looking else ():
        if _points(plain(text[start:end]).strip(_AROUND), patterns, language):
            found = found[:start] + " " * (end - start) + found[end:]
    if found != text and points_elsewhere(plain(text), language):
        return text
    return found


def _clauses(written: str, opener: re.Pattern[str]) -> list[str]:
    found = [written[start:end].strip(_AROUND) for start, end in _spans(written, opener)]
    return [clause for clause in found if letters_of(clause)]


def _spans(text: str, opener: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Sentences, and what is set off in one by a comma, a bracket or a dash that a pointer opens."""
    start = 0
    for end, following in [
        *(match.span() for match in _SENTENCE.finditer(text)),
        (len(text), len(text)),
    ]:
        starts = [start, *(match.start() for match in opener.finditer(text, start, end)), end]
        yield from pairwise(starts)
        start = following


def _points(clause: str, patterns: tuple[re.Pattern[str], ...], language: str) -> bool:
    found = next(filter(None, (pattern.search(clause) for pattern in patterns)), None)
    if found is not None:
        longest = LONGEST_ASIDE if _ASIDE.match(found.group()) else LONGEST_CLAUSE
        return len(words(clause, language)) <= longest
    return _LINK.fullmatch(clause) is not None or letters_of(clause) in fillers("same")


def _said(clause: str, language: str) -> list[str]:
    """The words of a clause that may be an answer; thanks, yes, no and page numbers are none."""
    core = letters_of(clause)
    if re.fullmatch(_FOR, core) or any(
        core in fillers(section) for section in ("courtesy", "no_comment", "no", "yes")
    ):
        return []
    return [word for word in words(clause, language) if not word.isdigit()]


def _is_of_the_form(clause: str, language: str) -> bool:
    """Whether a clause speaks of the form that is filled in: "500 characters are too few"."""
    pattern = _form().get(base_language(language), _form()["en"])
    return pattern.search(clause) is not None


def _chosen(written: str, language: str) -> tuple[re.Pattern[str], ...]:
    base, known = base_language(language), _pointers()
    if written.count(" ") < _ANY_LANGUAGE_WORDS or base not in known:
        return tuple(known.values())
    return tuple(dict.fromkeys((known[base], known["en"])))


@cache
def _pointers() -> dict[str, re.Pattern[str]]:
    """For each language: a word for looking, then a place to look at, near each other.

    A clause that opens by telling people to look somewhere may name the place as it likes ("see
    our response to section 2"); elsewhere such a word is no sign of anything.
    """
    found = {}
    for language, listed in document()["pointers"].items():
        # Scripts without spaces have no word boundaries that a pattern could see.
        edge = "" if language in {"ja", "ko", "th", "zh"} else r"\b"
        look, at = _any_of(listed["look"]), _any_of(listed["at"])
        pattern = rf"{edge}{look}{edge}.{{0,{_BETWEEN}}}?{edge}{at}"
        if "opens" in listed:
            opens, names = _any_of(listed["opens"]), _any_of(listed["names"])
            start = rf"^\W*{_POLITE}{opens}{edge}.{{0,{_BETWEEN_AT_START}}}?{edge}{names}"
            pattern = f"{start}|{pattern}"
        found[language] = re.compile(pattern)
    return found


@cache
def _openers(patterns: tuple[re.Pattern[str], ...]) -> re.Pattern[str]:
    """What sets a pointing clause off in a sentence: ", see our paper", "(cf. document joint)"."""
    return re.compile(rf"[,(\[–—-]\s*(?={_POLITE}{_words_for_looking(patterns)}\b)", re.IGNORECASE)


@cache
def _looks(patterns: tuple[re.Pattern[str], ...]) -> re.Pattern[str]:
    """Any word for looking: a text without one points nowhere."""
    return re.compile(_words_for_looking(patterns), re.IGNORECASE)


def _words_for_looking(patterns: tuple[re.Pattern[str], ...]) -> str:
    own = [
        listed
        for language, listed in document()["pointers"].items()
        if _pointers()[language] in patterns
    ]
    return _any_of(sorted({word for one in own for word in (*one.get("opens", ()), *one["look"])}))


@cache
def _form() -> dict[str, re.Pattern[str]]:
    return {
        language: re.compile(r"\b" + _any_of(listed["form"]))
        for language, listed in document()["pointers"].items()
        if "form" in listed
    }


def _any_of(choices: list[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in choices) + ")"
