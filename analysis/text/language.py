"""Which language an answer is in, among those of the consultation; unknown where it cannot be told.

Short answers are hard: three words fit several languages. So the languages are limited to those
that people could choose, the language that somebody answered in counts as evidence, and what is
still open stays `UNKNOWN`.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from analysis.text.tokens import base_language

#: The tag of BCP 47 for an undetermined language.
UNKNOWN = "und"
#: Below this chance among the consultation's languages an answer's language is not told.
SUREST_LEAST = 0.6
#: From this chance on an answer is taken to be in a language the consultation does not have.
OUTSIDE = 0.75
#: An answer of some length is outside as well where the consultation's languages together have
#: less chance than this.
INSIDE_LEAST = 0.1
SOME_LENGTH = 20
#: Letters read of one answer.
LONGEST = 2_000
#: Fewer letters tell nothing in a script that several languages share.
FEWEST_LETTERS = 4
#: How many times likelier the language is that a person answered in.
DECLARED_ODDS = 5.0

# Varieties that the identifier tells apart and we do not.
_VARIETIES = {
    "ary": "ar",
    "arz": "ar",
    "wuu": "zh",
    "yue": "zh",
    "nb": "no",
    "nn": "no",
    "in": "id",
    "iw": "he",
    "fil": "tl",
    "pcm": "en",
}
# No language at all, in the identifier's words.
_NO_LANGUAGE = "zxx"
# What the names of Unicode characters begin with, for scripts that are written by few languages.
_SCRIPTS = {
    "ARABIC": {"ar", "fa", "ur", "ps", "ug", "ku", "sdh"},
    "ARMENIAN": {"hy"},
    "BENGALI": {"bn", "as"},
    "CJK": {"zh", "ja"},
    "CYRILLIC": {"ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "uz", "tt", "ba"},
    "DEVANAGARI": {"hi", "mr", "ne", "sa", "gom"},
    "ETHIOPIC": {"am", "ti"},
    "GEORGIAN": {"ka"},
    "GREEK": {"el", "grc"},
    "GUJARATI": {"gu"},
    "GURMUKHI": {"pa"},
    "HANGUL": {"ko"},
    "HEBREW": {"he", "hbo", "yi"},
    "HIRAGANA": {"ja"},
    "KANNADA": {"kn"},
    "KATAKANA": {"ja"},
    "KHMER": {"km"},
    "LAO": {"lo"},
    "MALAYALAM": {"ml"},
    "MYANMAR": {"my"},
    "ORIYA": {"or"},
    "SINHALA": {"si"},
    "TAMIL": {"ta"},
    "TELUGU": {"te"},
    "THAI": {"th"},
}


@dataclass(frozen=True, slots=True)
class Identified:
    """The language of one answer.

    Attributes
    ----------
    language : str
        One of the consultation's languages as it was given, or `UNKNOWN`.
    confidence : float
        The chance of that language among the consultation's, in [0, 1]; of the likeliest one
        where the language is `UNKNOWN`; 0 where there was nothing to read.
    outside : str or None
        The language the answer seems to be in where that is none of the consultation's.
    """

    language: str
    confidence: float
    outside: str | None = None


def identify(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    declared: Sequence[str | None] | None = None,
) -> tuple[Identified, ...]:
    """Tell the language of each answer.

    Parameters
    ----------
    texts : sequence of str, length n
    languages : sequence of str
        BCP 47 tags of the consultation's languages, no two with the same first part.
    declared : sequence of str or None, length n, optional
        The language in which each person read the questions. It weighs as much as a few
        letters do: it decides short answers and yields to long ones.

    Returns
    -------
    tuple of Identified, length n

    Raises
    ------
    ValueError
        No language, two that are the same, or lengths differ.

    Notes
    -----
    A naive Bayes classifier over byte sequences (`py3langid`), its chances shared out among the
    consultation's languages. A language it does not know can still be told by its script, or be
    declared. Equal texts are read once. O(n L) for answers of L letters, at most `LONGEST`.

    References
    ----------
    Lui & Baldwin 2012, "langid.py: an off-the-shelf language identification tool".

    Examples
    --------
    >>> found = identify(["Water is a right of all people", "12", "数据中心"], ["en", "zh"])
    >>> [one.language for one in found]
    ['en', 'und', 'zh']
    """
    by_base = {_canonical(tag): tag for tag in languages}
    if not languages or len(by_base) != len(languages):
        raise ValueError("Name the consultation's languages, each once.")
    if declared is not None and len(declared) != len(texts):
        raise ValueError("Each answer needs one declared language, or None.")
    said = [None] * len(texts) if declared is None else list(declared)
    known: dict[tuple[str, str | None], Identified] = {}
    found = []
    for text, tag in zip(texts, said, strict=True):
        key = (text[:LONGEST], None if tag is None else _canonical(tag))
        if key not in known:
            known[key] = _identify(*key, by_base)
        found.append(known[key])
    return tuple(found)


def _canonical(tag: str) -> str:
    base = base_language(tag)
    return _VARIETIES.get(base, base)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _identify(text: str, declared: str | None, by_base: dict[str, str]) -> Identified:
    letters = unicodedata.normalize("NFKC", "".join(c for c in text if c.isalpha() or c.isspace()))
    script, n_letters = _script(letters)
    if n_letters == 0:
        return Identified(UNKNOWN, 0.0)
    written_in = _SCRIPTS.get(script)
    possible = [base for base in by_base if written_in is None or base in written_in]
    if written_in is None:
        # A Latin text is not in a language of another script alone.
        possible = [base for base in possible if not _has_own_script(base)]
    if not possible:
        return Identified(UNKNOWN, 0.0, _likeliest(letters, written_in))
    if len(possible) == 1 and written_in is not None and len(written_in) <= 2:
        return Identified(by_base[possible[0]], 1.0)
    return _by_chance(letters, n_letters, declared, {base: by_base[base] for base in possible})


def _by_chance(
    letters: str, n_letters: int, declared: str | None, by_base: dict[str, str]
) -> Identified:
    chances = _chances(letters)
    outside = max(chances, key=lambda base: (chances[base], base))
    weighed = {
        base: chances.get(base, 0.0) * (DECLARED_ODDS if base == declared else 1.0)
        for base in by_base
    }
    # The declared language may be one that the identifier has never seen.
    if declared in by_base and declared not in chances:
        weighed[declared] = DECLARED_ODDS * (1 - max(chances.values()))
    total = sum(weighed.values())
    best = max(weighed, key=lambda base: (weighed[base], base == declared, base))
    share = weighed[best] / total if total > 0 else 0.0
    inside = sum(chances.get(base, 0.0) for base in by_base)
    is_sure = chances[outside] >= OUTSIDE or (n_letters >= SOME_LENGTH and inside < INSIDE_LEAST)
    if outside not in by_base and is_sure and declared in {None, *chances}:
        return Identified(UNKNOWN, share, outside)
    too_short = n_letters < FEWEST_LETTERS and best != declared
    if share < SUREST_LEAST or too_short:
        return Identified(UNKNOWN, share)
    return Identified(by_base[best], share)


def _chances(letters: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for language, chance in _identifier().rank(letters):
        if language != _NO_LANGUAGE:
            base = _VARIETIES.get(language, language)
            found[base] = found.get(base, 0.0) + float(chance)
    return found


def _likeliest(letters: str, written_in: set[str] | None) -> str | None:
    chances = _chances(letters)
    if written_in is not None:
        chances = {base: chances.get(base, 0.0) for base in written_in}
    best = max(chances, key=lambda base: (chances[base], base))
    return best if chances[best] > 0 else None


def _script(letters: str) -> tuple[str, int]:
    """The script of most letters, kana before the Chinese characters that go with it."""
    counts = Counter(_script_of(c) for c in letters if c.isalpha())
    if not counts:
        return "", 0
    if counts["HIRAGANA"] + counts["KATAKANA"] > 0.1 * sum(counts.values()):
        return "HIRAGANA", sum(counts.values())
    best = max(counts, key=lambda script: (counts[script], script))
    return best, sum(counts.values())


@cache
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ", 1)[0]


@cache
def _has_own_script(base: str) -> bool:
    # Serbian, Uzbek and Kurdish are written in Latin letters as well.
    also_latin = {"sr", "uz", "ku", "kk", "tt"}
    return base not in also_latin and any(base in written for written in _SCRIPTS.values())
