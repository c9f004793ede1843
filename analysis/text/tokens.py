"""From a text to terms, in any script, without a download."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files

#: Characters read of one text; the rest of a very long one adds nothing to a lexical method.
LONGEST = 20_000
SHORTEST_WORD = 2
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*", re.UNICODE)
# Scripts written without spaces: their terms are pairs of characters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "hu": "hungarian",
    "it": "italian",
    "no": "norwegian",
    "nb": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "es": "spanish",
    "sv": "swedish",
}


@cache
def stop_words(language: str) -> frozenset[str]:
    """Our own function words of a language; empty where we have none."""
    return frozenset(_all_stop_words().get(base_language(language), ()))


@cache
def _all_stop_words() -> dict[str, list[str]]:
    text = files("analysis.text").joinpath("stop_words.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return found


def base_language(language: str) -> str:
    """The first part of a BCP 47 tag, in lower case."""
    return re.split(r"[-_]", language, maxsplit=1)[0].lower()


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    name = _STEMMERS.get(base_language(language))
    if name is None:
        return str
    # The package loads all of itself, which takes a second; readers of a page need no stems.
    snowball = import_module("nltk.stem.snowball")
    stem: Callable[[str], str] = cache(snowball.SnowballStemmer(name).stem)
    return stem


class _ControlsToSpaces(dict[int, int]):
    """A translation table that looks each character up once, when it is first met."""

    def __missing__(self, code: int) -> int:
        kept = 32 if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs"} else code
        self[code] = kept
        return kept


_CONTROLS = _ControlsToSpaces()


def composed(text: str) -> str:
    """In Unicode's composed form, cut to `LONGEST`; controls become spaces; case as written."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).translate(_CONTROLS)


def normalise(text: str) -> str:
    """Composed, and case-folded."""
    return composed(text).casefold()


def words(text: str, language: str) -> list[str]:
    """The words of a text without function words; pairs of characters where none are spaced.

    Parameters
    ----------
    text : str
    language : str
        A BCP 47 tag; an unknown one loses no function words.

    Returns
    -------
    list of str

    Examples
    --------
    >>> words("The rights of workers!", "en")
    ['rights', 'workers']
    >>> words("人工智能", "zh")
    ['人工', '工智', '智能']
    """
    stops = stop_words(language)
    found: list[str] = []
    for word in _WORD.findall(normalise(text)):
        if _UNSPACED.search(word):
            found.extend(_pairs(word))
            continue
        # An elided article (l'État, dell'uomo) is no part of the word.
        core = re.split(r"[’']", word)
        kept = core[-1] if len(core) > 1 and len(core[0]) <= 5 and len(core[-1]) > 2 else core[0]
        if len(kept) >= SHORTEST_WORD and kept not in stops and not kept.isdigit():
            found.append(kept)
    return found


def _pairs(word: str) -> Iterable[str]:
    for run in _UNSPACED.findall(word):
        if len(run) == 1:
            yield run
        for place in range(len(run) - 1):
            yield run[place : place + 2]


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script written without spaces."""
    return _UNSPACED.search(word) is not None


def stem_of(word: str, language: str) -> str:
    """The stem of one word; the word itself where the language has no stemmer."""
    return _stemmer(language)(word)


def terms(text: str, language: str) -> list[str]:
    """The stems of a text's words, in order; words stay as they are without a stemmer."""
    stem = _stemmer(language)
    return [stem(word) for word in words(text, language)]


def surface_forms(texts: Sequence[str], languages: Sequence[str]) -> dict[str, str]:
    """For each stem its most frequent word, so that people read words and not stems.

    Ties go to the shorter, then to the earlier word in the alphabet.
    """
    counts: dict[str, Counter[str]] = {}
    for text, language in zip(texts, languages, strict=True):
        stem = _stemmer(language)
        for word in words(text, language):
            counts.setdefault(stem(word), Counter())[word] += 1
    return {
        stem: min(found, key=lambda word: (-found[word], len(word), word))
        for stem, found in counts.items()
    }
