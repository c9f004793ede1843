"""Closed answers of the synthetic respondents: ratings, rankings and choices, with their gaps."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from results.demo.content import Dice, challenge_codes, population, questions, ranked_codes
from results.demo.people import SyntheticRespondent

#: One answer of a submission: its state and, where answered, its value.
Answer = dict[str, object]

_RATING_CUTS = np.array([-1.1, -0.45, 0.15, 0.85])
_RANKED_COUNTS = {"7": 0.36, "6": 0.1, "5": 0.22, "4": 0.1, "3": 0.15, "2": 0.04, "1": 0.03}


def answered(value: object) -> Answer:
    return {"state": "answered", "value": value}


def without_value(state: str) -> Answer:
    return {"state": state, "value": None}


def rating(utility: float, dice: Dice, *, no_opinion: float = 0.05, blank: float = 0.04) -> Answer:
    """One to five, or no opinion, or nothing."""
    if dice.happens(blank):
        return without_value("skipped")
    if dice.happens(no_opinion):
        return without_value("dont_know")
    noisy = utility + dice.rng.normal(0.0, 0.35)
    return answered(int(np.searchsorted(_RATING_CUTS, noisy)) + 1)


def importance_ratings(person: SyntheticRespondent, dice: Dice) -> dict[str, Answer]:
    """The sixteen ratings of round 1. Some agree with everything, some tire before the end."""
    agreeable = dice.rng.normal(0.15, 0.35)
    tires_at = int(dice.rng.integers(6, 15)) if dice.happens(0.06) else len(challenge_codes())
    technical = {"agentic_systems", "testing_standards", "independent_audit"}
    outsider = person.true_sector in {"individual", "media", "civil_society"}
    answers: dict[str, Answer] = {}
    for index, code in enumerate(challenge_codes()):
        if index >= tires_at:
            answers[f"importance_{code}"] = without_value("skipped")
            continue
        unsure = 0.13 if outsider and code in technical else 0.04
        answers[f"importance_{code}"] = rating(
            float(person.lean[index]) + agreeable, dice, no_opinion=unsure
        )
    return answers


def ranking(lean: NDArray[np.float64], dice: Dice) -> Answer:
    """The best up to seven of twelve, best first; noise of the kind that gives Plackett-Luce rankings."""
    if dice.happens(0.05):
        return without_value("skipped")
    positions = [challenge_codes().index(code) for code in ranked_codes()]
    noisy = 1.7 * lean[positions] + dice.rng.gumbel(0.0, 1.0, len(positions))
    count = int(dice.weighted(_RANKED_COUNTS))
    best = np.argsort(-noisy, kind="stable")[:count]
    return answered([ranked_codes()[int(position)] for position in best])


def most_their_own(order: Answer, difference: NDArray[np.float64]) -> str | None:
    """The ranked challenge that a person holds furthest above the group; none where nothing stands out."""
    value = order["value"]
    if not isinstance(value, list):
        return None
    codes = challenge_codes()
    best = max(value, key=lambda code: float(difference[codes.index(code)]))
    return str(best) if difference[codes.index(best)] > 0.4 else None


def moved_towards(
    person: SyntheticRespondent, centre: NDArray[np.float64], share: float
) -> SyntheticRespondent:
    """The person after reading the result of the group."""
    return replace(person, lean=(1.0 - share) * person.lean + share * centre)


def binding_force(person: SyntheticRespondent, dice: Dice) -> Answer:
    if dice.happens(0.04):
        return without_value("skipped")
    asked = next(entry for entry in questions(2) if entry["code"] == "binding_force")
    codes = [option["code"] for option in asked["settings"]["options"]]
    shares = population()["binding_force"][person.true_sector]
    return answered(dice.weighted(dict(zip(codes, shares, strict=True))))


def barriers(person: SyntheticRespondent, dice: Dice) -> Answer:
    shares: dict[str, float] = population()["barriers"][person.true_group]
    if dice.happens(shares["nothing"]):
        return answered(["nothing"])
    chosen = [code for code, share in shares.items() if code != "nothing" and dice.happens(share)]
    return answered(chosen) if chosen else without_value("skipped")


def working_groups(person: SyntheticRespondent, dice: Dice) -> Answer:
    """Up to three, in the order of the form, following what the person leans to."""
    if dice.happens(0.1):
        return without_value("skipped")
    if dice.happens(0.22):
        return answered(["none"])
    by_challenge = population()["working_groups"]
    noisy = person.lean + dice.rng.normal(0.0, 0.4, len(person.lean))
    wanted = list(
        dict.fromkeys(
            by_challenge[challenge_codes()[int(index)]] for index in np.argsort(-noisy)[:6]
        )
    )[: int(dice.rng.integers(1, 4))]
    asked = next(entry for entry in questions(1) if entry["code"] == "working_groups")
    return answered(
        [option["code"] for option in asked["settings"]["options"] if option["code"] in wanted]
    )


def capacity(person: SyntheticRespondent, dice: Dice) -> Answer:
    if person.true_sector == "individual":
        return answered("personal")
    return answered(dice.weighted({"organisation": 0.66, "network": 0.08, "personal": 0.26}))


def may_quote(dice: Dice) -> Answer:
    return answered(dice.weighted({"yes_with_group": 0.55, "yes_alone": 0.27, "no": 0.18}))


def agenda_ratings(person: SyntheticRespondent, dice: Dice) -> dict[str, Answer]:
    """Support for the six draft items, from what the person leans to; and whether the draft is fair."""
    codes = challenge_codes()
    answers: dict[str, Answer] = {}
    support: list[float] = []
    for item, challenges in population()["agenda_support"].items():
        utility = float(np.mean([person.lean[codes.index(code)] for code in challenges]))
        support.append(utility)
        answers[item] = rating(utility + 0.45, dice)
    answers["agenda_reflects"] = rating(float(np.mean(support)) + 0.3, dice, no_opinion=0.08)
    return answers
