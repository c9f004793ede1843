"""What the synthetic consultation is made of: our own texts and figures, read from the JSON files beside."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

_FOLDER = Path(__file__).parent
_ROOT = _FOLDER.parents[1]

TEXT_LANGUAGES = ("en", "fr", "es", "ar", "pt", "zh")
PAGE_LANGUAGES = ("en", "fr", "ar")


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@cache
def population() -> dict[str, Any]:
    """Who answers and what each group leans to."""
    return _load(_FOLDER / "population.json")


@cache
def fragments(language: str) -> dict[str, Any]:
    """The sentences of one language, by what they are for and by challenge."""
    return _load(_FOLDER / "texts" / f"{language}.json")


@cache
def process() -> dict[str, Any]:
    """The campaign, the notes of the regional dialogue, the committee and the hints."""
    return _load(_FOLDER / "texts" / "process.json")


@cache
def template() -> dict[str, Any]:
    """The consultation template that the demonstration is an edition of."""
    return _load(_ROOT / "consultation" / "process" / "templates" / "summit_preparation.json")


@cache
def questionnaire(round_number: int) -> dict[str, Any]:
    """The questionnaire document of a round of the template."""
    name = template()["rounds"][round_number - 1]["questionnaire"]
    return _load(_ROOT / "surveys" / "library" / f"{name}.json")


@cache
def challenge_codes() -> tuple[str, ...]:
    return tuple(entry["code"] for entry in template()["challenges"])


@cache
def ranked_codes() -> tuple[str, ...]:
    return tuple(entry["code"] for entry in template()["challenges"] if entry["ranked"])


def questions(round_number: int) -> Iterator[dict[str, Any]]:
    for section in questionnaire(round_number)["sections"]:
        yield from section["questions"]


@dataclass(frozen=True)
class Dice:
    """Draws from one generator, with the few shapes that the demonstration needs."""

    rng: np.random.Generator

    def happens(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def one_of(self, choices: Sequence[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def weighted(self, weights: dict[str, float]) -> str:
        """A key, drawn in proportion to its weight."""
        codes = list(weights)
        bounds = np.cumsum([weights[code] for code in codes])
        drawn = self.rng.random() * bounds[-1]
        return codes[min(int(np.searchsorted(bounds, drawn, side="right")), len(codes) - 1)]
