"""The people of the synthetic consultation: where they are, whom they speak for, what they lean to."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from consultation.people.classifications import region_of
from results.demo.content import PAGE_LANGUAGES, Dice, challenge_codes, population

_UNKNOWN_COUNTRY = 0.05
_UNKNOWN_SECTOR = 0.04


@dataclass(frozen=True)
class SyntheticRespondent:
    """One invented respondent. `lean` is one utility per challenge, in the order of the template."""

    key: str
    country: str | None
    sector: str | None
    page_language: str
    text_language: str
    channel: str
    #: The group and sector the person really belongs to, also where the answer leaves them out.
    true_group: str
    true_sector: str
    lean: NDArray[np.float64] = field(compare=False, repr=False)

    @property
    def region(self) -> str | None:
        """The UN regional group of the stated country."""
        return region_of(self.country)

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


def draw_people(count: int, dice: Dice, first: int = 1) -> list[SyntheticRespondent]:
    return [_draw(f"r{number:04d}", dice) for number in range(first, first + count)]


def _draw(key: str, dice: Dice) -> SyntheticRespondent:
    figures = population()
    group = dice.weighted(figures["group_shares"])
    country = dice.weighted(figures["countries"][group])
    sector = dice.weighted(figures["sector_shares"])
    language = _text_language(country, dice)
    return SyntheticRespondent(
        key=key,
        country=None if dice.happens(_UNKNOWN_COUNTRY) else country,
        sector=None if dice.happens(_UNKNOWN_SECTOR) else sector,
        page_language=language if language in PAGE_LANGUAGES else "en",
        text_language=language,
        channel="invitation" if dice.happens(0.35) else "open_link",
        true_group=group,
        true_sector=sector,
        lean=_lean(group, sector, dice),
    )


def _text_language(country: str, dice: Dice) -> str:
    shares = dict(population()["text_language"].get(country, {}))
    shares["en"] = 1.0 - sum(shares.values())
    return dice.weighted(shares)


def _lean(group: str, sector: str, dice: Dice) -> NDArray[np.float64]:
    """What everyone thinks, what the sector and the region add, and the person's own mind.

    Two latent attitudes make answers correlate within a person: one towards dangers of the technology,
    one towards fairness.
    """
    figures = population()
    codes = challenge_codes()
    danger, fairness = dice.rng.standard_normal(2)
    attitudes = {
        **dict.fromkeys(
            ("frontier_risk", "agentic_systems", "red_lines", "testing_standards"), danger
        ),
        **dict.fromkeys(
            (
                "fundamental_rights",
                "surveillance",
                "access_divide",
                "market_power",
                "participation",
            ),
            fairness,
        ),
    }
    own = dice.rng.normal(0.0, 0.45, len(codes))
    return np.array(
        [
            figures["base"][code]
            + figures["sector_effects"][sector].get(code, 0.0)
            + figures["region_effects"][group].get(code, 0.0)
            + 0.4 * attitudes.get(code, 0.0)
            + own[index]
            for index, code in enumerate(codes)
        ]
    )
