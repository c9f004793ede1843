"""What scripts have of their own: marks, invisible letters, optional vowels, words without spaces."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator

# Beyond the planes of letters only selectors of variants are marks, and those are dropped.
_LETTERS_END = 0x20000
_SPACE = 32
#: It stands between words of scripts that show no space; all other format characters do not.
_ZERO_WIDTH_SPACE = 0x200B
#: Vowels that Arabic and Hebrew write or leave out, signs of recitation, and the drawn-out line.
_OPTIONAL = (
    (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5), (0x05C7, 0x05C7),
    (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x0652), (0x0656, 0x0658), (0x0670, 0x0670),
    (0x06D6, 0x06DC), (0x06DF, 0x06E4), (0x06E7, 0x06E8), (0x06EA, 0x06ED),
)  # fmt: skip
#: Marks that choose between shapes of one letter.
_SELECTORS = ((0x034F, 0x034F), (0x180B, 0x180D), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_DROPPED = frozenset(
    code for start, end in (*_OPTIONAL, *_SELECTORS) for code in range(start, end + 1)
)


def _marks() -> str:
    """All combining marks that belong to letters, as the inside of a character class."""
    spans: list[list[int]] = []
    for code in range(0x300, min(_LETTERS_END, sys.maxunicode)):
        if unicodedata.category(chr(code)) in {"Mn", "Mc"}:
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in spans)


#: Python's `\w` leaves combining marks out: vowels of Hindi, tones of Thai, accents of Yoruba.
MARKS = _marks()
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a0-\u30ff"
_THAI_LAO = "\u0e00-\u0eff"
_BURMESE = "\u1000-\u109f\uaa60-\uaa7f"
_KHMER = "\u1780-\u17ff"
#: Letters that Thai and Lao set before the consonant they are spoken after, and behind it.
_BEFORE = "\u0e40-\u0e44\u0ec0-\u0ec4"
_BEHIND = "\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3\u0ebd"
#: Small kana and the long vowel, which are no sound of their own.
_SMALL_KANA = "ぁぃぅぇぉゃゅょゎァィゥェォャュョヮー"
# Where the script changes a word of Japanese nearly always does.
_RUN = re.compile("|".join(f"[{one}]+" for one in (_HAN, _HIRAGANA, _KATAKANA)) +
                  f"|[{_THAI_LAO}]+|[{_BURMESE}]+|[{_KHMER}]+")  # fmt: skip
_AS_HIRAGANA = re.compile(f"[{_HIRAGANA}]+")
_SYLLABLES = re.compile(f"[{_THAI_LAO}{_BURMESE}{_KHMER}]+")
_CLUSTER = re.compile(
    f"[{_BEFORE}]*[^{MARKS}]"
    # Its marks; the vowel behind it; in Khmer and Burmese the letter set below it; in Burmese
    # the letter that closes the syllable.
    f"(?:[{MARKS}{_BEHIND}{_SMALL_KANA}]|(?<=[\u17d2\u1039]).|[\u1000-\u102a](?=\u1037?\u103a))*"
)
#: One letter of Thai and of Lao that the composed form takes apart.
_AM = (("\u0e4d\u0e32", "\u0e33"), ("\u0ecd\u0eb2", "\u0eb3"))
#: Stress that schoolbooks mark in Cyrillic: no letter of the alphabet is written with it.
_STRESS = re.compile("(?<=[\u0400-\u052f])[\u0300\u0301]")


class _Folding(dict[int, int | None]):
    """A translation table that looks each character up once, when it is first met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = kept = self._kept(code)
        return kept

    @staticmethod
    def _kept(code: int) -> int | None:
        if code in _DROPPED:
            return None
        category = unicodedata.category(chr(code))
        if category == "Cf":
            return _SPACE if code == _ZERO_WIDTH_SPACE else None
        return _SPACE if category in {"Cc", "Cs"} else code


_FOLDING = _Folding()


def folded(text: str) -> str:
    """A text as words are compared by, whichever way it was typed.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        In Unicode's composed form and without case. Dropped: characters that are not seen and part no
        words (joiners, soft hyphens, marks of direction), vowel points of Arabic and Hebrew, the
        drawn-out line of Arabic, stress in Cyrillic. Control characters become spaces.

    Notes
    -----
    A joiner or non-joiner only shapes letters: Persian `می‌شود` is typed `میشود` as well, and one
    keyboard of Malayalam or Sinhala sets joiners where another does not. Unicode's own caseless
    comparison drops them too, and its word boundaries pass over format characters.

    References
    ----------
    Unicode Standard Annex 15 (NFKC), The Unicode Standard, section 3.13.5 (NFKC_Casefold);
    Annex 29, rule WB4.

    Examples
    --------
    >>> folded("STRASSE") == folded("Straße"), folded("مُدَرِّســة"), folded("می\u200cشود")
    (True, 'مدرسة', 'میشود')
    """
    found = unicodedata.normalize("NFKC", text).translate(_FOLDING).casefold()
    for parts, letter in _AM:
        if parts in found:
            found = found.replace(parts, letter)
    if "\u0307" in found:
        # The capital of Turkish i falls apart into i and a dot.
        found = found.replace("i\u0307", "i")
    if "\u0301" in found or "\u0300" in found:
        found = _STRESS.sub("", found)
    return found


def is_unspaced(word: str) -> bool:
    """Whether some of a word is of a script written without spaces."""
    return _RUN.search(word) is not None


def runs(word: str) -> Iterator[tuple[str, bool]]:
    """The parts of a word by script, and whether each is of one written without spaces.

    Examples
    --------
    >>> list(runs("使用ai技術"))
    [('使用', True), ('ai', False), ('技術', True)]
    """
    end = 0
    for match in _RUN.finditer(word):
        if match.start() > end:
            yield word[end : match.start()], False
        yield match.group(), True
        end = match.end()
    if end < len(word):
        yield word[end:], False


def clusters(run: str) -> list[str]:
    """The letters of a script without spaces, each with the marks and vowels that belong to it.

    References
    ----------
    Unicode Standard Annex 29 (grapheme clusters); Theeramunkong et al. 2000, IRAL, 99-104 (Thai
    character clusters).

    Examples
    --------
    >>> clusters("การศึกษา"), clusters("人工")
    (['กา', 'ร', 'ศึ', 'ก', 'ษา'], ['人', '工'])
    """
    return _CLUSTER.findall(run)


def is_hiragana(run: str) -> bool:
    """Whether a run is of the letters that Japanese writes endings and particles with."""
    return _AS_HIRAGANA.fullmatch(run) is not None


def splitter(function_words: Iterable[str]) -> re.Pattern[str] | None:
    """What parts a run of Thai, Lao, Khmer or Burmese: its function words, the longer ones first.

    None where no such word is given. In Chinese and Japanese the same letters stand in too many
    other words.
    """
    own = sorted(filter(_SYLLABLES.fullmatch, function_words), key=lambda word: (-len(word), word))
    if not own:
        return None
    # Neither after a vowel that is spoken later nor before a mark: no cluster is cut.
    return re.compile(f"(?<![{_BEFORE}])(?:{'|'.join(own)})(?![{MARKS}{_BEHIND}])")
