"""From a text to terms, in any script, without a download."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from itertools import pairwise

from analysis.text.scripts import MARKS, clusters, folded, is_hiragana, is_unspaced, runs, splitter

#: Characters read of one text; the rest of a very long one adds nothing to a lexical method.
LONGEST = 20_000
SHORTEST_WORD = 2
_WORD = re.compile(
    # A letter, then letters and marks; an apostrophe only between them.
    rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*(?:[’'][^\W_]+(?:[{MARKS}]+[^\W_]*)*)*"
)
#: Letters that a language has of its own, and so another case; and those typed for them.
_LETTERS = {
    **dict.fromkeys(("az", "tr"), str.maketrans({"I": "ı", "İ": "i"})),
    **dict.fromkeys(("fa", "ur"), str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})),
}
#: Where an apostrophe sets an ending off from a name: Mekke'nin, AB'nin.
_APOSTROPHE_BEFORE_ENDING = frozenset(["az", "tr"])
#: Where an apostrophe is a letter or parts syllables of one word; elsewhere it parts two words.
_APOSTROPHE_WITHIN = frozenset(["be", "gn", "ha", "he", "so", "sw", "uk", "uz"])
_CYRILLIC = re.compile("[\u0400-\u052f][’']")
#: Languages that share the function words of another, near enough for a list.
_SAME_FUNCTION_WORDS = {"bs": "hr", "ms": "id", "nb": "no", "nn": "no"}
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
    base = base_language(language)
    return frozenset(_all_stop_words().get(_SAME_FUNCTION_WORDS.get(base, base), ()))


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
    """As words are compared by (`analysis.text.scripts.folded`), cut to `LONGEST`."""
    return folded(text[:LONGEST])


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

    Notes
    -----
    A character of a script without spaces is a letter with all that belongs to it
    (`analysis.text.scripts.clusters`), and a pair lies within one script. A pair is a function
    word when it is listed, or both of its characters are; in Thai function words part a line.

    Examples
    --------
    >>> words("The rights of workers!", "en")
    ['rights', 'workers']
    >>> words("AI人工智能", "zh"), words("शिक्षा", "hi")
    (['ai', '人工', '工智', '智能'], ['शिक्षा'])
    """
    return words_of(pieces(text, language), language)


def words_of(found: Iterable[str | tuple[str, ...]], language: str) -> list[str]:
    """The words of a text's pieces: letters without spaces become pairs."""
    stops = stop_words(language)
    return [
        word
        for piece in found
        for word in ([piece] if isinstance(piece, str) else _pairs(piece, stops))
    ]


def pieces(text: str, language: str) -> Iterator[str | tuple[str, ...]]:
    """The words of a text, and where it has no spaces the letters of each run.

    Examples
    --------
    >>> list(pieces("AI人工智能", "zh"))
    ['ai', ('人', '工', '智', '能')]
    """
    base = base_language(language)
    stops = stop_words(base)
    if base in _LETTERS:
        text = text.translate(_LETTERS[base])
    for word in _WORD.findall(normalise(text)):
        if not is_unspaced(word):
            yield from _content(word, base, stops)
            continue
        for run, has_no_spaces in runs(word):
            if has_no_spaces:
                yield from _letters(run, base)
            else:
                yield from _content(run.strip("'’"), base, stops)


def _letters(run: str, language: str) -> Iterator[tuple[str, ...]]:
    parting = _splitter(language)
    for part in [run] if parting is None else parting.split(run):
        # A letter of hiragana by itself is an ending or a particle.
        if part and not (len(part) == 1 and is_hiragana(part)):
            yield tuple(clusters(part))


def _content(word: str, language: str, stops: frozenset[str]) -> Iterable[str]:
    """A word of a script with spaces, unless it says nothing."""
    kept = _core(word, language) if "'" in word or "’" in word else word
    if kept.endswith("σ"):
        kept = kept[:-1] + "ς"
    if len(kept) >= SHORTEST_WORD and kept not in stops and not kept.isdigit():
        yield kept


def _core(word: str, language: str) -> str:
    """Without an elided article (l'État, dell'uomo) or an ending, which are no part of the word."""
    if language in _APOSTROPHE_WITHIN or _CYRILLIC.search(word):
        return word.replace("’", "'")
    first, *_between, last = re.split(r"[’']", word)
    is_elided = len(first) <= 5 and len(last) > 2 and language not in _APOSTROPHE_BEFORE_ENDING
    return last if is_elided else first


def _pairs(letters: tuple[str, ...], stops: frozenset[str]) -> Iterator[str]:
    if len(letters) == 1 and letters[0] not in stops:
        yield letters[0]
    for a, b in pairwise(letters):
        if a + b not in stops and not (a in stops and b in stops):
            yield a + b


@cache
def _splitter(language: str) -> re.Pattern[str] | None:
    return splitter(stop_words(language))


def count_words(text: str, language: str) -> int:
    """About how many words `words` found, where a word of a script without spaces is two pairs.

    Examples
    --------
    >>> count_words("clean water", "en"), count_words("数据中心", "zh")
    (2, 2)
    """
    found = words(text, language)
    pairs = sum(is_unspaced(word) for word in found)
    return len(found) - pairs + -(-pairs // 2)


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
