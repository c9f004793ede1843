"""Free texts put together from hand-written sentences, with the disorder of real answers."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from results.demo.content import TEXT_LANGUAGES, Dice, challenge_codes, fragments, process
from results.demo.people import SyntheticRespondent

PLAIN = "plain"
VAGUE = "vague"
OFF_TOPIC = "off_topic"
POSITION_PAPER = "position_paper"
MIXED = "mixed_language"
CAMPAIGN = "campaign"
DUPLICATE = "duplicate"

#: How often an open question is met with each kind of answer.
_KINDS = {PLAIN: 0.835, VAGUE: 0.065, MIXED: 0.04, OFF_TOPIC: 0.03, POSITION_PAPER: 0.03}


@dataclass(frozen=True)
class SyntheticText:
    """A text and what we know of it because we wrote it: the truth that an analysis should find."""

    text: str
    language: str
    kind: str
    challenge: str | None = None


@dataclass
class Writer:
    """Writes answers and avoids writing the same considered answer twice."""

    dice: Dice
    _written: set[str] = field(default_factory=set)

    def pressing_challenge(self, person: SyntheticRespondent) -> SyntheticText:
        kind = self.dice.weighted(_KINDS)
        if kind == MIXED:
            return self._mixed(person)
        if kind != PLAIN:
            return self._stock(person.text_language, kind)
        challenge = self._favourite(person.lean)
        return self._fresh(lambda: self._argument(person, challenge), person, challenge)

    def deliverable(self, person: SyntheticRespondent) -> SyntheticText:
        if self.dice.happens(0.06):
            return self._stock(person.text_language, VAGUE)
        challenge = self._favourite(person.lean)
        return self._fresh(
            lambda: [
                self._of(person.text_language, challenge, "asks"),
                *self._maybe(person.text_language, "carriers", 0.75),
            ],
            person,
            challenge,
        )

    def first_reason(self, person: SyntheticRespondent, challenge: str) -> SyntheticText:
        language = person.text_language
        return self._fresh(
            lambda: [
                *self._maybe(language, "first_leads", 0.6),
                *([self._of(language, challenge, "concerns")] if self.dice.happens(0.5) else []),
                self._of(language, challenge, "reasons"),
            ],
            person,
            challenge,
        )

    def dissent(self, person: SyntheticRespondent, challenge: str) -> SyntheticText:
        language = person.text_language
        return self._fresh(
            lambda: [
                *self._maybe(language, "dissent_leads", 0.8),
                self._of(language, challenge, self.dice.one_of(["concerns", "reasons"])),
            ],
            person,
            challenge,
        )

    def missing(self, person: SyntheticRespondent, challenge: str) -> SyntheticText:
        language = person.text_language
        return self._fresh(
            lambda: [
                *self._maybe(language, "missing_leads", 0.6),
                self._of(language, challenge, self.dice.one_of(["asks", "concerns"])),
            ],
            person,
            challenge,
        )

    def role(self, person: SyntheticRespondent) -> SyntheticText:
        return SyntheticText(
            self.dice.one_of(fragments(person.text_language)["roles"]), person.text_language, PLAIN
        )

    def campaign(self) -> SyntheticText:
        """A text handed round: mostly word for word, here and there with a change of the sender's own."""
        campaign = process()["campaign"]
        sentences = [
            self.dice.one_of(variants) if self.dice.happens(0.25) else variants[0]
            for variants in campaign["slots"]
        ]
        return SyntheticText(" ".join(sentences), "en", CAMPAIGN, campaign["challenge"])

    def _favourite(self, lean: NDArray[np.float64]) -> str:
        """A challenge, drawn so that the ones the person leans to are likely."""
        odds = np.exp(1.8 * lean)
        codes = challenge_codes()
        return self.dice.weighted({code: float(odds[i]) for i, code in enumerate(codes)})

    def _of(self, language: str, challenge: str, part: str) -> str:
        return self.dice.one_of(fragments(language)["challenges"][challenge][part])

    def _maybe(self, language: str, part: str, probability: float) -> list[str]:
        if not self.dice.happens(probability):
            return []
        return [self.dice.one_of(fragments(language)[part])]

    def _argument(self, person: SyntheticRespondent, challenge: str) -> list[str]:
        language = person.text_language
        concern = [self._of(language, challenge, "concerns")]
        reason = [self._of(language, challenge, "reasons")] if self.dice.happens(0.75) else []
        body = reason + concern if self.dice.happens(0.2) else concern + reason
        if self.dice.happens(0.12):
            body.append(self._of(language, self._favourite(person.lean), "concerns"))
        if self.dice.happens(0.6):
            body.append(self._of(language, challenge, "asks"))
        return [
            *self._maybe(language, "openings", 0.3),
            *dict.fromkeys(body),
            *self._maybe(language, "closings", 0.2),
        ]

    def _fresh(
        self, compose: Callable[[], list[str]], person: SyntheticRespondent, challenge: str
    ) -> SyntheticText:
        """A text not written before, where twenty attempts find one."""
        text = ""
        for _ in range(20):
            text = self._roughen(_join(compose(), person.text_language), person.text_language)
            if text not in self._written:
                break
        self._written.add(text)
        return SyntheticText(text, person.text_language, PLAIN, challenge)

    def _stock(self, language: str, kind: str) -> SyntheticText:
        return SyntheticText(self.dice.one_of(fragments(language)[kind]), language, kind)

    def _mixed(self, person: SyntheticRespondent) -> SyntheticText:
        """Begins in one language and goes on in another."""
        first = person.text_language
        others = [code for code in TEXT_LANGUAGES if code != first]
        second = "en" if first != "en" else self.dice.one_of(others)
        challenge = self._favourite(person.lean)
        parts = [self._of(first, challenge, "concerns"), self._of(second, challenge, "asks")]
        return SyntheticText(" ".join(parts), first, MIXED, challenge)

    def _roughen(self, text: str, language: str) -> str:
        """Some people type in haste: no capitals, no full stops, two letters swapped."""
        if language in {"ar", "zh"}:
            return text
        if self.dice.happens(0.05):
            text = text.lower().replace(".", "")
        if self.dice.happens(0.06) and len(text) > 40:
            at = int(self.dice.rng.integers(10, len(text) - 10))
            if text[at : at + 2].isalpha():
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text


def _join(sentences: list[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(sentences)
