"""What topic finding hands back: topics, themes, where each text belongs, and how good it is."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.text.quality import Quality
from analysis.text.topic_model import TopicModel

#: The tag of topics that go over several languages (ISO 639-2).
SEVERAL = "mul"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes
    ----------
    number : int
        From 0, the largest first.
    language : str
        The language of its texts, or "mul" where they are of several.
    terms : tuple of str
        The words that set it apart, in the language of most of its texts, the strongest first.
        A description, not a name.
    size : int
        Texts in it.
    exemplars : tuple of int
        Positions of texts that stand for it, of different groups where there are several.
    excerpts : tuple of (int, int)
        Start and end of what stands for it in each of these texts, in characters: the whole text,
        or a passage of a long one.
    theme : int
        The number of the theme that it is part of.
    terms_in : dict of str to tuple of str
        The words in each language with enough texts.
    languages : dict of str to int
        Its texts in each language.
    stability : float or None
        How much of it comes out again in halves and with another seed, in [0, 1].
    coherence : float or None
        NPMI of its words, in [-1, 1].
    """

    number: int
    language: str
    terms: tuple[str, ...]
    size: int
    exemplars: tuple[int, ...]
    excerpts: tuple[tuple[int, int], ...] = ()
    theme: int = 0
    terms_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    stability: float | None = None
    coherence: float | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """Topics that lie near each other.

    Attributes
    ----------
    number : int
        From 0, the largest first.
    topics : tuple of int
    size : int
    terms : tuple of str
        Words that set the theme apart from the others, in the language of most of its texts.
    language : str
        That language.
    terms_in : dict of str to tuple of str
        The words in each language with enough texts.
    """

    number: int
    topics: tuple[int, ...]
    size: int
    terms: tuple[str, ...]
    language: str = ""
    terms_in: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """How good the topics are, to stand beside them.

    Attributes
    ----------
    npmi, diversity, stability : float or None
        Means over topics; None where they cannot be worked out.
    undecided, none_of_the_above : float
        Shares of the texts that were read.
    leak : float or None
        How much topics are languages, in [0, 1]; None with one language.
    """

    npmi: float | None
    diversity: float | None
    stability: float | None
    undecided: float
    none_of_the_above: float
    leak: float | None


@dataclass(frozen=True, slots=True)
class FoundTopics:
    """Topics and where each text belongs.

    Attributes
    ----------
    topics : tuple of Topic
    themes : tuple of Theme
    assignment : ndarray of int64, shape (n,)
        The number of a text's topic (of a long one: that of its surest passage), or `NONE_OF_THE_ABOVE`, `UNDECIDED` or `NOT_READ`.
    confidence : ndarray of float64, shape (n,)
        The share of refits that would put the text into its strongest topic, in [0, 1].
    also : tuple of (int, int, float)
        Text, topic and confidence where a text speaks of a second or third topic, in the same
        passage or in another.
    quality : Quality
    figures : Figures
    unread_languages : dict of str to int
        Texts of languages with too few usable ones to find topics in.
    models : tuple of TopicModel
        One for each set of languages that can be compared; they assign new texts.
    """

    topics: tuple[Topic, ...]
    themes: tuple[Theme, ...]
    assignment: NDArray[np.int64]
    confidence: NDArray[np.float64]
    also: tuple[tuple[int, int, float], ...]
    quality: Quality
    figures: Figures
    unread_languages: dict[str, int]
    models: tuple[TopicModel, ...]
