"""Words of texts without spaces, found in the texts themselves: for people to read.

Vectors are made of pairs of characters (`analysis.text.tokens`), which lose nothing. A list of
overlapping pairs is nothing that anybody can read; so the words that describe a topic are strings
of characters that hold together and that stand in changing company.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from analysis.text.tokens import pieces, stop_words, words_of

#: Characters of a word, at most: eleven of Thai are "personal data".
LONGEST_WORD = 12
#: The same of Chinese characters; what is longer is a saying.
LONGEST_HAN = 7
_HAN = "\u3400"
#: A run of more Chinese characters is no word by itself but a clause.
_LONGEST_BY_ITSELF = 4
FEWEST = 2
#: Texts from which words are learned, at most, evenly spread.
_TEXTS_READ = 5_000
#: A string that stands in so large a part beside one and the same letter is part of a word.
BOUND = 0.6
#: A word stands so many times as often as its parts would meet by chance.
COHESION = 8.0

#: Letters of Chinese that begin and end no word of several.
_PARTICLES = frozenset("的了是也很就又吗嗎呢吧并但而与與或把之都却卻没沒")

Letters = tuple[str, ...]


def readable_words(texts: Sequence[str], language: str) -> list[list[str]]:
    """The words of each text, in scripts without spaces too.

    Parameters
    ----------
    texts : sequence of str, length n
        In one language; words are told by how often strings repeat in all of them.
    language : str
        A BCP 47 tag.

    Returns
    -------
    list of list of str, length n
        What `analysis.text.tokens.words` gives where most words are spaced, and for a text of
        which no string repeats. Else the longest words from left to right, none in another; what
        is no word is passed over.

    Notes
    -----
    A string of two to twelve characters, of two to seven in Chinese, is a word when it repeats,
    when its parts meet far more often than by chance wherever it is cut, and when neither end is
    bound: no letter stands beside it in most places. O(characters × length).

    References
    ----------
    Feng, Chen, Deng & Zheng 2004, Computational Linguistics 30, 75-93 (accessor variety); Jin &
    Tanaka-Ishii 2006, COLING/ACL, 428-435 (branching at the ends of words); Church & Hanks 1990,
    Computational Linguistics 16, 22-29 (cohesion).

    Examples
    --------
    >>> said = ["人工智能很好", "我怕人工智能", "谁管人工智能呢"]
    >>> readable_words(said, "zh")[1]
    ['人工智能']
    """
    documents = [list(pieces(text, language)) for text in texts]
    unspaced = sum(len(p) for document in documents for p in document if not isinstance(p, str))
    if 2 * unspaced <= sum(map(len, documents)):
        return [words_of(document, language) for document in documents]
    known = _lexicon(documents[:: max(1, -(-len(documents) // _TEXTS_READ))], stop_words(language))
    found = (
        [
            word
            for piece in document
            for word in ([piece] if isinstance(piece, str) else _longest(piece, known))
        ]
        for document in documents
    )
    return [
        own or words_of(document, language) for own, document in zip(found, documents, strict=True)
    ]


def _longest(letters: Letters, known: frozenset[Letters]) -> Iterator[str]:
    place = 0
    while place < len(letters) - 1:
        for size in range(min(LONGEST_WORD, len(letters) - place), 1, -1):
            if letters[place : place + size] in known:
                yield "".join(letters[place : place + size])
                place += size
                break
        else:
            place += 1


def _lexicon(documents: list[list[str | Letters]], stops: frozenset[str]) -> frozenset[Letters]:
    lines = _lines(documents)
    counts = _counts(lines)
    bound: Counter[Letters] = Counter()
    for string, count in counts.items():
        for inner in (string[1:], string[:-1]):
            bound[inner] = max(bound[inner], count)
    n_letters = sum(map(len, lines))
    return frozenset(
        string
        for string, count in counts.items()
        if 2 <= len(string) <= (LONGEST_HAN if string[0] >= _HAN else LONGEST_WORD)
        and bound[string] <= BOUND * count
        and not _is_function(string, stops)
        # In few letters even those that always stand together meet often by chance.
        and _cohesion(string, counts, n_letters) >= min(COHESION, n_letters / (2 * count))
    )


def _lines(documents: list[list[str | Letters]]) -> list[Letters]:
    """All runs of letters; a clause that many sent is one, or all of its strings seem words."""
    seen: set[Letters] = set()
    found = []
    for piece in (piece for document in documents for piece in document):
        if isinstance(piece, str) or piece in seen:
            continue
        found.append(piece)
        if len(piece) > (_LONGEST_BY_ITSELF if piece[0] >= _HAN else LONGEST_WORD):
            seen.add(piece)
    return found


def _counts(lines: list[Letters]) -> dict[Letters, int]:
    """How often each string stands, those whose parts are rare left out."""
    counts: dict[Letters, int] = dict(Counter((letter,) for line in lines for letter in line))
    # One more than a word has: what it mostly stands beside.
    for size in range(2, LONGEST_WORD + 2):
        found = Counter(
            line[place : place + size]
            for line in lines
            for place in range(len(line) - size + 1)
            if line[place : place + size - 1] in counts and line[place + 1 : place + size] in counts
        )
        kept = {string: count for string, count in found.items() if count >= FEWEST}
        if not kept:
            break
        counts |= kept
    return counts


def _is_function(string: Letters, stops: frozenset[str]) -> bool:
    """Whether a string begins or ends with a function word, or is made of such letters."""
    if string[0] + string[1] in stops or string[-2] + string[-1] in stops:
        return True
    edges = {string[0], string[-1]}
    return edges <= stops or not edges.isdisjoint(_PARTICLES)


def _cohesion(string: Letters, counts: dict[Letters, int], n_letters: int) -> float:
    """How many times as often as by chance the parts meet, at the weakest place."""
    return min(
        counts[string] * n_letters / (counts[string[:cut]] * counts[string[cut:]])
        for cut in range(1, len(string))
    )
