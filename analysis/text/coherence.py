"""Do the words of a topic belong together, and do topics differ: figures beside each result."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix


def npmi(topics: Sequence[Sequence[str]], documents: Sequence[Sequence[str]]) -> list[float | None]:
    """Normalised pointwise mutual information of each topic's words over the documents.

    Parameters
    ----------
    topics : sequence of sequence of str
        The words of each topic; pairs among them are compared.
    documents : sequence of sequence of str
        Each text as its words.

    Returns
    -------
    list of float or None
        In [-1, 1] a topic: 1 when its words only ever stand together, 0 by chance, -1 never
        together. None where fewer than two of its words occur.

    Notes
    -----
    Whole texts are the windows. O(tokens + topics × words²).

    References
    ----------
    Bouma 2009, GSCL; Röder, Both & Hinneburg 2015, WSDM, section 3 (C_NPMI).

    Examples
    --------
    >>> npmi([["water", "energy"]], [["water", "energy"], ["jobs"]])
    [1.0]
    """
    wanted = sorted({word for topic in topics for word in topic})
    place = {word: column for column, word in enumerate(wanted)}
    rows = [sorted({place[w] for w in document if w in place}) for document in documents]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((c for row in rows for c in row), dtype=np.int64, count=starts[-1])
    present = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(rows), len(wanted)))
    together = np.asarray((present.T @ present).todense())
    return [_one([place[word] for word in topic], together, len(rows)) for topic in topics]


def _one(columns: list[int], together: np.ndarray, n: int) -> float | None:
    columns = [column for column in dict.fromkeys(columns) if together[column, column] > 0]
    if len(columns) < 2 or n == 0:
        return None
    values = []
    for place, a in enumerate(columns):
        for b in columns[place + 1 :]:
            both = together[a, b] / n
            if both <= 0:
                values.append(-1.0)
            elif both >= 1:
                values.append(1.0)
            else:
                expected = together[a, a] * together[b, b] / (n * n)
                values.append(float(np.log(both / expected) / -np.log(both)))
    return float(np.mean(values))


def diversity(topics: Sequence[Sequence[str]]) -> float | None:
    """The share of different words among all words of all topics, in (0, 1].

    References
    ----------
    Dieng, Ruiz & Blei 2020, TACL 8, section 6.

    Examples
    --------
    >>> diversity([["water", "energy"], ["water", "jobs"]])
    0.75
    """
    words = [word for topic in topics for word in topic]
    return len(set(words)) / len(words) if words else None


def leak(assignment: Sequence[int], languages: Sequence[str]) -> float | None:
    """How much topics are languages: normalised mutual information of the two, 0 is right.

    Parameters
    ----------
    assignment : sequence of int, length n
        Negative where a text has no topic; such texts are left out.
    languages : sequence of str, length n

    Returns
    -------
    float or None
        In [0, 1]; None where fewer than two languages or two topics are there to compare.

    References
    ----------
    Strehl & Ghosh 2002, JMLR 3, 583-617 (with the arithmetic mean of the entropies).
    """
    chosen = [(t, lang) for t, lang in zip(assignment, languages, strict=True) if t >= 0]
    if len({t for t, _ in chosen}) < 2 or len({lang for _, lang in chosen}) < 2:
        return None
    _topics, a = np.unique([t for t, _ in chosen], return_inverse=True)
    _tags, b = np.unique([lang for _, lang in chosen], return_inverse=True)
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1 / len(chosen))
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    filled = joint > 0
    mutual = float((joint[filled] * np.log(joint[filled] / np.outer(rows, columns)[filled])).sum())
    entropies = -float((rows * np.log(rows)).sum()) - float((columns * np.log(columns)).sum())
    return max(0.0, 2 * mutual / entropies)
