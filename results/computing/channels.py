"""The same challenges through every channel: asked to rank, asked to rate, written, noted.

Items are the same where their codes are: options of questions, and themes of the codebook. Each
kind of channel counts once, however many questions or people it holds, and speaks by its order.
"""

from collections import Counter
from dataclasses import dataclass

from analysis.choice.channels import Combined, combine_channels
from analysis.errors import TooFewAnswers
from results.computing.inputs import Inputs, Result
from results.tables import Document, Texts, rounded

#: Texts of a channel with a theme, before its themes make an order.
FEWEST_TEXTS = 10
#: A source is about the same items where it shares at least this many.
FEWEST_SHARED = 2


@dataclass(frozen=True, slots=True)
class Voice:
    """One channel: what it is, how many spoke, and its scores, the highest first."""

    name: str
    kind: str
    title: Texts
    n: int
    scores: dict[str, float]


def add_channels(result: Result, inputs: Inputs) -> None:
    """One document over all rounds, around the last question that asks for a ranking."""
    base = _base(result)
    if base is None:
        return
    name, document = base
    keys = [row["key"] for row in document["rows"]]
    voices = [*_asked(result, keys), *_written(result, inputs, keys)]
    shares = _shares(voices)
    try:
        found = combine_channels({voice.name: voice.scores for voice in voices}, shares)
    except TooFewAnswers:
        return
    result.documents["channels"] = _document(name, document, voices, found)


def _base(result: Result) -> tuple[str, Document] | None:
    """The last ranking question; without one, the last set of ratings."""
    rankings = [
        (name, document)
        for name, document in result.documents.items()
        if name.startswith("ranking/") and not document.get("too_few")
    ]
    if not rankings:
        return None
    return max(
        rankings,
        key=lambda pair: (pair[1]["method"] == "ranking", int(pair[0].split("/")[1]), pair[1]["n"]),
    )


def _asked(result: Result, keys: list[str]) -> list[Voice]:
    """Questions that rank or rate these items, by the mean places of the headline."""
    found = []
    for name, document in result.documents.items():
        if not name.startswith("ranking/") or document.get("too_few"):
            continue
        # Rows of a matrix carry the code of their question before their own.
        prefix = name.rpartition("/")[2] + "_"
        scores = {
            key: -float(row["mean_position"])
            for row in document["rows"]
            for key in {row["key"], row["key"].removeprefix(prefix)} & set(keys)
        }
        if len(scores) >= FEWEST_SHARED:
            found.append(Voice(name, document["method"], document["title"], document["n"], scores))
    return found


def _written(result: Result, inputs: Inputs, keys: list[str]) -> list[Voice]:
    """Themes of the texts of each channel, under the codebook that people signed off."""
    frame = inputs.frozen.contributions
    rows = result.documents.get("themes", {"rows": []})["rows"]
    known = [key for key in keys if key in {row["key"] for row in rows if not row["is_noise"]}]
    if len(known) < FEWEST_SHARED or frame.is_empty():
        return []
    channel = dict(zip(frame["id"].to_list(), frame["channel"].to_list(), strict=True))
    texts: dict[str, set[str]] = {}
    counts: dict[str, Counter[str]] = {}
    for code, contribution, _is_human, _probability in result.theme_members:
        texts.setdefault(channel[contribution], set()).add(contribution)
        counts.setdefault(channel[contribution], Counter())[code] += 1
    return [
        Voice(
            f"texts/{name}",
            f"texts_{name}",
            {},
            len(texts[name]),
            {key: counts[name][key] / len(texts[name]) for key in known},
        )
        for name in sorted(counts)
        if len(texts[name]) >= FEWEST_TEXTS
    ]


def _shares(voices: list[Voice]) -> dict[str, float]:
    """Each kind counts once, and its voices share that."""
    kinds = Counter(voice.kind for voice in voices)
    return {voice.name: 1 / kinds[voice.kind] for voice in voices}


def _document(name: str, base: Document, voices: list[Voice], found: Combined) -> Document:
    labels = {row["key"]: row["label"] for row in base["rows"]}
    return {
        "title": base["title"],
        "base": name,
        "channels": [
            {
                "name": voice.name,
                "kind": voice.kind,
                "title": voice.title,
                "round": int(voice.name.split("/")[1]) if "ranking/" in voice.name else None,
                "n": voice.n,
                "share": rounded(found.shares[voice.name]),
            }
            for voice in voices
            if voice.name in found.ranks
        ],
        "rows": [
            {
                "key": key,
                "label": labels[key],
                "rank": place,
                "score": rounded(score),
                "best_rank": found.reach[key][0],
                "worst_rank": found.reach[key][1],
                "ranks": {one: ranks[key] for one, ranks in found.ranks.items()},
            }
            for place, (key, score) in enumerate(
                zip(found.keys, found.scores, strict=True), start=1
            )
        ],
    }
