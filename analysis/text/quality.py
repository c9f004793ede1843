"""What a text is before anybody reads meaning into it: empty, "no comment", a pointer elsewhere."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.text.copies import find_families
from analysis.text.fillers import fillers, letters_of, phrases, plain
from analysis.text.pointers import points_elsewhere
from analysis.text.tokens import count_words, words

FEWEST_WORDS = 2
#: Copies or near-copies that make a campaign.
CAMPAIGN = 10
#: People who happen to answer with the same few words are no campaign.
CAMPAIGN_WORDS = 6
#: A filler is short; nothing longer is compared with them.
_LONGEST_FILLER = 60
#: Nor is anything longer than this a mere pointer.
_LONGEST_POINTER = 400
#: Strokes and dots that people set where a form demands something.
_MARKS = re.compile(r"[\s\-‐‑‒–—―−_./\\*~,;:|'\"()\[\]{}。、・،؛۔]+")
#: Where a filler ends and the next one begins: "No. Nothing to add - thank you".
_SEAM = re.compile(r"\s*[,;:!()\[\]。、，！；]+\s*|\.+(?:\s+|$)|\s+[-–—/|]\s+")
#: A question is answered by yes and no where so large a part of such answers is "yes".
YES_NO = 0.2


class TextKind(StrEnum):
    """What a text can be used for."""

    USABLE = "usable"
    #: Blank, symbols alone, or what a program writes for nothing.
    EMPTY = "empty"
    #: The person says that they say nothing: "no comment", "n/a", "-", "nothing to add".
    NO_COMMENT = "no_comment"
    #: The person says that they do not know. It is an answer, and about no theme.
    DONT_KNOW = "dont_know"
    #: The answer is said to be in another place.
    POINTER = "pointer"
    #: One word; "yes", and "no" where "yes" is an answer too.
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of each text.

    Attributes
    ----------
    kinds : tuple of TextKind, length n
    family : tuple of int, length n
        Texts with the same number are copies or near-copies of each other; the number is the
        position of the first of them. A text of its own is a family of one.
    family_sizes : dict of int to int
        Only families of at least two.
    campaigns : frozenset of int
        The families that are campaigns: ten or more near-copies of six or more words.
    """

    kinds: tuple[TextKind, ...]
    family: tuple[int, ...]
    family_sizes: dict[int, int]
    campaigns: frozenset[int]

    def is_campaign(self, index: int) -> bool:
        """Whether a text belongs to a campaign; shown, never dropped."""
        return self.family[index] in self.campaigns

    def firsts(self) -> tuple[int, ...]:
        """One text of each campaign and all others: figures without campaigns' weight."""
        return tuple(
            index
            for index, number in enumerate(self.family)
            if number not in self.campaigns or number == index
        )


def kind_of(text: str, language: str, *, is_yes_no: bool = False) -> TextKind:
    """Sort one text.

    Parameters
    ----------
    text : str
    language : str
        A BCP 47 tag. Fillers of all languages are known whatever it is, because people answer
        "n/a" in every language; it says which words point elsewhere. "und" tries all.
    is_yes_no : bool
        Whether the question is one to answer by yes or no (`yes_no_questions`): then "no" and
        "none" are answers, too short to find a theme in, and no refusal to answer.

    Returns
    -------
    TextKind

    Notes
    -----
    A text is no comment as a whole or not at all: each of its parts, between full stops, commas
    and dashes, must be a filler. One word of content makes it an answer.

    Examples
    --------
    >>> kind_of("See written response", "en").value, kind_of("n/a", "en").value
    ('pointer', 'no_comment')
    >>> kind_of("Je ne sais pas.", "fr").value, kind_of("تعليم الفتيات", "ar").value
    ('dont_know', 'usable')
    >>> kind_of("No.", "en").value, kind_of("No.", "en", is_yes_no=True).value
    ('no_comment', 'too_short')
    """
    written = plain(text)
    core = letters_of(written)
    if not any(character.isalnum() for character in core):
        return TextKind.NO_COMMENT if _MARKS.fullmatch(written) else TextKind.EMPTY
    if len(core) <= _LONGEST_FILLER:
        filler = _filler(written, core, is_yes_no=is_yes_no)
        if filler is not None:
            return filler
    if len(written) <= _LONGEST_POINTER and points_elsewhere(written, language):
        return TextKind.POINTER
    is_read = len(words(text, language)) >= FEWEST_WORDS
    return TextKind.USABLE if is_read else TextKind.TOO_SHORT


def _filler(written: str, core: str, *, is_yes_no: bool) -> TextKind | None:
    """The kind of a text that is a filler as a whole; None where it says something."""
    whole = {written, core}
    if written in phrases("void"):
        return TextKind.EMPTY
    if is_yes_no and whole & fillers("no"):
        return TextKind.TOO_SHORT
    for section, kind in _SECTIONS.items():
        if whole & fillers(section):
            return kind
    parts = [part for one in _SEAM.split(written) if (part := letters_of(one))]
    if is_yes_no or len(parts) < 2:
        return None
    said = [part for part in parts if part not in fillers("courtesy")]
    silent = fillers("no_comment") | fillers("no")
    return TextKind.NO_COMMENT if said and all(part in silent for part in said) else None


_SECTIONS = {
    "no_comment": TextKind.NO_COMMENT,
    "no": TextKind.NO_COMMENT,
    "dont_know": TextKind.DONT_KNOW,
    "same": TextKind.POINTER,
}


def yes_no_questions(texts: Sequence[str], questions: Sequence[str | None]) -> frozenset[str]:
    """The questions that people answer by yes or no, as their answers show.

    Parameters
    ----------
    texts : sequence of str, length n
    questions : sequence of str or None, length n
        The question of each text; None is of no question.

    Returns
    -------
    frozenset of str
        Those where at least one in five (`YES_NO`) of the answers that are a word for yes or no
        alone is "yes". "Any other comments?" gets "no" alone, and many of them: there it is no
        comment.

    Raises
    ------
    ValueError
        Lengths differ.

    Examples
    --------
    >>> sorted(yes_no_questions(["Yes", "no", "No", "none"], ["ban", "ban", "other", "other"]))
    ['ban']
    """
    counts: dict[str, Counter[str]] = {}
    for text, question in zip(texts, questions, strict=True):
        if question is None or len(text) > _LONGEST_FILLER:
            continue
        core = letters_of(plain(text))
        for section in ("yes", "no"):
            if core in fillers(section):
                counts.setdefault(question, Counter())[section] += 1
    return frozenset(
        question for question, found in counts.items() if found["yes"] >= YES_NO * found.total()
    )


def assess(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    seed: int,
    questions: Sequence[str | None] | None = None,
    put_back: Collection[int] = (),
) -> Quality:
    """Sort texts and find copies and near-copies.

    Parameters
    ----------
    texts, languages : sequence of str, length n
    seed : int
        Of the hash functions.
    questions : sequence of str or None, length n, optional
        What each text answers: "no" is an answer to some questions (`yes_no_questions`).
    put_back : collection of int
        Positions of texts that a person wants read whatever they look like.

    Returns
    -------
    Quality

    Raises
    ------
    ValueError
        Lengths differ.

    Notes
    -----
    Equal texts are read once, so that 100,000 copies cost little more than one. O(n L).

    Examples
    --------
    >>> found = assess(["Clean water first", "clean water, first!", "n/a"], ["en"] * 3, seed=1)
    >>> found.family, [kind.value for kind in found.kinds]
    ((0, 0, 2), ['usable', 'usable', 'no_comment'])
    """
    asked = [None] * len(texts) if questions is None else questions
    by_yes = yes_no_questions(texts, asked)
    seen: dict[tuple[str, str, bool], TextKind] = {}
    kinds = []
    for text, language, question in zip(texts, languages, asked, strict=True):
        key = (text, language, question in by_yes)
        if key not in seen:
            seen[key] = kind_of(text, language, is_yes_no=key[2])
        kinds.append(seen[key])
    for row in put_back:
        kinds[row] = TextKind.USABLE
    usable = [index for index, kind in enumerate(kinds) if kind is TextKind.USABLE]
    family = list(range(len(texts)))
    for place, first in enumerate(find_families([texts[row] for row in usable], seed=seed)):
        family[usable[place]] = usable[first]
    sizes: dict[int, int] = {}
    for number in family:
        sizes[number] = sizes.get(number, 0) + 1
    repeated = {number: size for number, size in sizes.items() if size > 1}
    campaigns = frozenset(
        number
        for number, size in repeated.items()
        if size >= CAMPAIGN and count_words(texts[number], "und") >= CAMPAIGN_WORDS
    )
    return Quality(tuple(kinds), tuple(family), repeated, campaigns)
