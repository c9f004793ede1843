"""Topics as the document that a run keeps: shares, words, quality figures, who raised them."""

from collections import Counter
from collections.abc import Sequence

from analysis.text.quality import TextKind
from analysis.text.topics import (
    NONE_OF_THE_ABOVE,
    UNDECIDED,
    Figures,
    FoundTopics,
    Theme,
    Topic,
)
from analysis.types import wilson
from results.tables import Document, Texts, proportion, rounded

CAMPAIGN = 10


def topics(
    found: FoundTopics,
    ids: list[str],
    attributes: dict[str, list[str | None]],
    labels: dict[str, dict[str, Texts]],
    put_back: int = 0,
) -> Document:
    """Topics with their shares among usable texts, overall and by group."""
    usable = [kind is TextKind.USABLE for kind in found.quality.kinds]
    base = sum(usable)
    # One text of each campaign and all others.
    once = frozenset(row for row in found.quality.firsts() if usable[row])
    sizes = found.quality.family_sizes.values()
    assignment = found.assignment.tolist()
    return {
        **sorting(found.quality.kinds, put_back),
        "n_undecided": assignment.count(UNDECIDED),
        "n_none": assignment.count(NONE_OF_THE_ABOVE),
        "campaigns": sorted((size for size in sizes if size >= CAMPAIGN), reverse=True),
        "unread_languages": found.unread_languages,
        "figures": _figures(found.figures),
        "groups": {
            name: [
                {"key": key, "label": labels[name].get(key, {"en": key}), "base": size}
                for key, size in _bases(values, usable).items()
            ]
            for name, values in attributes.items()
        },
        "themes": [_theme(theme, base) for theme in found.themes],
        "rows": _rows(found, ids, attributes, base, once),
        "n_once": len(once),
    }


def sorting(kinds: Sequence[TextKind], put_back: int) -> Document:
    """How many texts can be read, and why the others are left out."""
    counts = Counter(kind.value for kind in kinds)
    return {
        "n": len(kinds),
        "n_usable": counts[TextKind.USABLE.value],
        "kinds": dict(sorted(counts.items())),
        # Of the usable ones: those that a person put back.
        "put_back": put_back,
    }


def _rows(
    found: FoundTopics,
    ids: list[str],
    attributes: dict[str, list[str | None]],
    base: int,
    once: frozenset[int],
) -> list[Document]:
    members: list[list[int]] = [[] for _ in found.topics]
    for row, number in enumerate(found.assignment.tolist()):
        if number >= 0:
            members[number].append(row)
    return [
        {
            **_topic(topic, base),
            # Texts of other topics that speak of this one too.
            "also": sum(number == topic.number for _row, number, _share in found.also),
            "exemplars": [ids[row] for row in topic.exemplars],
            # Where in each of these answers the words stand that speak of the topic.
            "excerpts": {
                ids[row]: list(span)
                for row, span in zip(topic.exemplars, topic.excerpts, strict=True)
            },
            "once": proportion(wilson(len(once.intersection(members[topic.number])), len(once))),
            "in_campaigns": sum(found.quality.is_campaign(row) for row in members[topic.number]),
            "by": {
                name: _counts([values[row] for row in members[topic.number]])
                for name, values in attributes.items()
            },
        }
        for topic in found.topics
    ]


def _topic(topic: Topic, base: int) -> Document:
    return {
        "key": str(topic.number),
        "language": topic.language,
        "languages": topic.languages,
        "terms_language": next(iter(topic.languages), topic.language),
        "terms": list(topic.terms),
        "terms_in": {tag: list(terms) for tag, terms in topic.terms_in.items()},
        "theme": topic.theme,
        "size": topic.size,
        "share": proportion(wilson(topic.size, base)),
        "stability": rounded(topic.stability),
        "coherence": rounded(topic.coherence),
    }


def _theme(theme: Theme, base: int) -> Document:
    return {
        "key": str(theme.number),
        "topics": [str(number) for number in theme.topics],
        "terms": list(theme.terms),
        "terms_in": {tag: list(terms) for tag, terms in theme.terms_in.items()},
        "terms_language": theme.language,
        "size": theme.size,
        "share": proportion(wilson(theme.size, base)),
    }


def _figures(figures: Figures) -> Document:
    return {
        "npmi": rounded(figures.npmi),
        "diversity": rounded(figures.diversity),
        "stability": rounded(figures.stability),
        "undecided": rounded(figures.undecided),
        "none_of_the_above": rounded(figures.none_of_the_above),
        "leak": rounded(figures.leak),
    }


def _bases(values: list[str | None], usable: list[bool]) -> dict[str, int]:
    counts = _counts([value for value, use in zip(values, usable, strict=True) if use])
    order = sorted(counts, key=lambda key: (key == "unknown", -counts[key], key))
    return {key: counts[key] for key in order}


def _counts(values: Sequence[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in values:
        found[value or "unknown"] = found.get(value or "unknown", 0) + 1
    return dict(sorted(found.items()))
