"""The words that set a topic apart, in each language that its texts are written in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.text.scripts import is_unspaced
from analysis.text.tokens import stem_of
from analysis.text.unspaced import readable_words

TERMS_SHOWN = 8
#: Texts of a topic in a language from which words of that language describe it.
FEWEST_TEXTS = 3
_FEWEST_PAIRS = 5
_MOST_PAIRS = 400
#: A likelihood ratio of chi-square's 99.9 % point at one degree of freedom.
_PAIR_EVIDENCE = 10.83
#: A pair stands for its word when it says nearly as much.
_PAIR_WORTH = 0.55


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of every topic.

    Attributes
    ----------
    by_language : tuple of dict of str to tuple of str, length n_topics
        For each topic its words in each language with enough texts, the strongest first.
    """

    by_language: tuple[dict[str, tuple[str, ...]], ...]


def label_topics(
    texts: Sequence[str],
    languages: Sequence[str],
    assignment: NDArray[np.int64],
    n_topics: int,
    *,
    n_terms: int = TERMS_SHOWN,
) -> Labels:
    """Find the words that are frequent in a topic and rare in the others.

    Parameters
    ----------
    texts, languages : sequence of str, length n
        Languages as BCP 47 base tags.
    assignment : ndarray of int64, shape (n,)
        Negative where a text has no topic.
    n_topics : int
    n_terms : int
        Words a topic and language, at most.

    Returns
    -------
    Labels

    Notes
    -----
    Class-based TF-IDF a language over stems, shown by their most frequent word; in scripts without
    spaces over the words that the texts show (`analysis.text.unspaced`). Pairs of following words
    enter by Dunning's likelihood ratio, and take the place of their parts. Words are then chosen
    one by one, never two with a stem in common, nor one within another.

    References
    ----------
    Grootendorst 2022, arXiv 2203.05794, section 3.3; Dunning 1993, Computational Linguistics
    19, 61-74; Carbonell & Goldstein 1998, SIGIR (diversity).
    """
    found: list[dict[str, tuple[str, ...]]] = [{} for _ in range(n_topics)]
    tags = np.asarray(languages)
    for language in sorted(set(languages)):
        rows = np.flatnonzero((tags == language) & (assignment >= 0))
        if not len(rows):
            continue
        of_language = _Language([texts[row] for row in rows.tolist()], language)
        members = assignment[rows]
        for topic, terms in enumerate(of_language.terms(members, n_topics, n_terms)):
            if terms and int((members == topic).sum()) >= FEWEST_TEXTS:
                found[topic][language] = terms
    return Labels(tuple(found))


class _Language:
    """The words of all texts of one language."""

    def __init__(self, texts: list[str], language: str) -> None:
        documents = readable_words(texts, language)
        stems = [[stem_of(word, language) for word in document] for document in documents]
        self.surface = _surface(documents, stems)
        pairs = _collocations(stems)
        self.pairs = {f"{a} {b}": (a, b) for a, b in pairs}
        self.documents = [_with_pairs(document, pairs) for document in stems]

    def terms(self, members: NDArray[np.int64], n: int, n_terms: int) -> list[tuple[str, ...]]:
        """The words of each topic."""
        scores, vocabulary = _class_tfidf(self.documents, members, n)
        return [self._choose(row, vocabulary, n_terms) for row in scores]

    def _choose(
        self, scores: NDArray[np.float64], vocabulary: list[str], n_terms: int
    ) -> tuple[str, ...]:
        order = np.lexsort((np.arange(len(scores)), -scores))[: 6 * n_terms]
        value = {vocabulary[c]: float(scores[c]) for c in order if scores[c] > 0}
        chosen: list[str] = []
        used: set[str] = set()
        for term in value:
            better = self._pair_of(term, value, used)
            parts: tuple[str, ...] = self.pairs.get(better, (better,))
            if used.intersection(parts) or any(_is_within(better, other) for other in used):
                continue
            used.update(parts)
            chosen.append(self._shown(better))
            if len(chosen) == n_terms:
                break
        return tuple(chosen)

    def _pair_of(self, term: str, value: dict[str, float], used: set[str]) -> str:
        """The strongest pair that this word stands in, where it says nearly as much.

        Without spaces, the longer word that it is a part of.
        """
        if is_unspaced(term):
            longer = (word for word in value if term in word and len(word) > len(term))
            return next((word for word in longer if value[word] >= _PAIR_WORTH * value[term]), term)
        for pair, parts in ((p, self.pairs[p]) for p in value if p in self.pairs):
            if (
                term in parts
                and value[pair] >= _PAIR_WORTH * value[term]
                and not used.intersection(parts)
            ):
                return pair
        return term

    def _shown(self, term: str) -> str:
        parts = self.pairs.get(term)
        if parts is None:
            return self.surface.get(term, term)
        return " ".join(self.surface.get(part, part) for part in parts)


def _is_within(a: str, b: str) -> bool:
    """Whether of two words without spaces one is a part of the other."""
    return is_unspaced(a) and is_unspaced(b) and (a in b or b in a)


def _surface(documents: list[list[str]], stems: list[list[str]]) -> dict[str, str]:
    """For each stem, and each pair of stems, the form that people wrote most often.

    Ties go to the shorter, then to the earlier in the alphabet.
    """
    counts: dict[str, Counter[str]] = {}
    for document, stemmed in zip(documents, stems, strict=True):
        for word, stem in zip(document, stemmed, strict=True):
            counts.setdefault(stem, Counter())[word] += 1
    return {
        stem: min(found, key=lambda word: (-found[word], len(word), word))
        for stem, found in counts.items()
    }


def _collocations(documents: list[list[str]]) -> set[tuple[str, str]]:
    finder = BigramCollocationFinder.from_documents(documents)
    finder.apply_freq_filter(_FEWEST_PAIRS)
    scored = finder.score_ngrams(BigramAssocMeasures.likelihood_ratio)
    strong = [(pair, score) for pair, score in scored if score >= _PAIR_EVIDENCE]
    strong.sort(key=lambda entry: (-round(entry[1], 6), entry[0]))
    return {
        (a, b)
        for (a, b), _score in strong[:_MOST_PAIRS]
        # Without spaces what stands together often is one word already.
        if a != b and not is_unspaced(a + b)
    }


def _with_pairs(document: list[str], pairs: set[tuple[str, str]]) -> list[str]:
    following = pairwise(document)
    return document + [f"{a} {b}" for a, b in following if (a, b) in pairs]


def _class_tfidf(
    documents: list[list[str]], members: NDArray[np.int64], n_topics: int
) -> tuple[NDArray[np.float64], list[str]]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(set(document))
    fewest = 2 if len(documents) > 10 else 1
    vocabulary = sorted(term for term, count in counts.items() if count >= fewest)
    place = {term: column for column, term in enumerate(vocabulary)}
    pairs = [
        (topic, place[term])
        for document, topic in zip(documents, members.tolist(), strict=True)
        for term in sorted(set(document))
        if term in place
    ]
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    columns = np.array([column for _, column in pairs], dtype=np.int64)
    table = np.asarray(
        csr_matrix(
            (np.ones(len(pairs)), (rows, columns)), shape=(n_topics, len(vocabulary))
        ).todense()
    )
    totals = table.sum(axis=0)
    average = table.sum() / max(n_topics, 1)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    scores: NDArray[np.float64] = share * np.log1p(average / np.maximum(totals, 1.0))
    return scores, vocabulary
