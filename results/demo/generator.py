"""A synthetic consultation: invented people, texts of our own, answers drawn from a seed.

Nothing here was said by anybody. The demonstration shows it under that label on every page. The same seed
gives the same consultation; what we know of each text (its language, its kind, the challenge it is about)
is kept beside the answers, so that an analysis can be compared with the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from results.demo import opinions, writing
from results.demo.content import Dice, challenge_codes, population, process
from results.demo.opinions import Answer, answered, without_value
from results.demo.people import SyntheticRespondent, draw_people

DEFAULT_SEED = 20261123
ROUND_SIZES = (600, 420, 300)
CAMPAIGN_SIZE = 35
DUPLICATES = 5
_NEW_IN_ROUND_2 = 50
#: Days from the opening of a round to its close, as in the template.
_ROUND_DAYS = (35, 21, 14)
_CAMPAIGN_FIRST_DAY = 22


@dataclass(frozen=True)
class SyntheticResponse:
    """One submitted answer sheet. `answers` has the shape that a submission stores."""

    respondent: str
    round_number: int
    #: Whole days after the opening of the round.
    day: int
    page_language: str
    channel: str
    answers: dict[str, Answer]
    #: What we know of the free texts, by question code.
    texts: dict[str, writing.SyntheticText]


@dataclass(frozen=True)
class DialogueNote:
    """One note a facilitator typed in at the regional dialogue."""

    text: str
    language: str
    sector: str
    country: str
    region: str
    challenge: str


@dataclass(frozen=True)
class CommitteeSeat:
    """A seat of the steering committee, named by a letter."""

    name: str
    sector: str
    region: str
    seat: str


@dataclass(frozen=True)
class SyntheticConsultation:
    """Everything the demonstration puts into the database."""

    seed: int
    respondents: dict[str, SyntheticRespondent]
    #: The responses of rounds 1, 2 and 3, in the order in which they came.
    rounds: tuple[tuple[SyntheticResponse, ...], ...]
    dialogue_title: Mapping[str, str]
    dialogue_notes: tuple[DialogueNote, ...]
    committee: tuple[CommitteeSeat, ...]
    #: What to look at first, by code, in the languages of the pages.
    hints: dict[str, Mapping[str, str]]


def generate(seed: int = DEFAULT_SEED) -> SyntheticConsultation:
    """Draw the whole consultation from one seed."""
    dice = Dice(np.random.default_rng(seed))
    writer = writing.Writer(dice)
    people = _round_1_people(dice)
    first = _round_1(people, dice, writer)
    people, first = _with_repeats(people, first, dice)
    newcomers = draw_people(_NEW_IN_ROUND_2, dice, first=len(people) + 1)
    staying = _staying(people, ROUND_SIZES[1] - len(newcomers), dice)
    second_people = staying + newcomers
    second = [_second(person, dice, writer) for person in second_people]
    third_people = _staying(second_people, ROUND_SIZES[2], dice)
    third = _round_3(third_people, second_people, dice, writer)
    notes = process()
    dialogue = notes["dialogue"]
    return SyntheticConsultation(
        seed=seed,
        respondents={person.key: person for person in [*people, *newcomers]},
        rounds=(_in_order(first), _in_order(second), _in_order(third)),
        dialogue_title=dialogue["title"],
        dialogue_notes=tuple(
            DialogueNote(region=dialogue["region"], **note) for note in dialogue["notes"]
        ),
        committee=tuple(CommitteeSeat(**seat) for seat in notes["committee"]),
        hints={hint["code"]: hint["text"] for hint in notes["hints"]},
    )


def _round_1_people(dice: Dice) -> list[SyntheticRespondent]:
    """The campaign comes last in the list; those who sign it are private persons who write English."""
    people = draw_people(ROUND_SIZES[0] - DUPLICATES, dice)
    limit = challenge_codes().index(process()["campaign"]["challenge"])
    for index in range(len(people) - CAMPAIGN_SIZE, len(people)):
        person = people[index]
        sector = "individual" if dice.happens(0.8) else "civil_society"
        lean = person.lean.copy()
        lean[limit] += 2.0
        people[index] = replace(
            person,
            sector=sector if person.sector else None,
            true_sector=sector,
            page_language="en",
            text_language="en",
            channel="open_link",
            lean=lean,
        )
    return people


def _round_1(
    people: list[SyntheticRespondent], dice: Dice, writer: writing.Writer
) -> list[SyntheticResponse]:
    signers = {person.key for person in people[-CAMPAIGN_SIZE:]}
    return [_first(person, person.key in signers, dice, writer) for person in people]


def _with_repeats(
    people: list[SyntheticRespondent], responses: list[SyntheticResponse], dice: Dice
) -> tuple[list[SyntheticRespondent], list[SyntheticResponse]]:
    """A few answers arrive twice, a day apart, under another link."""
    candidates = [
        (person, response)
        for person, response in zip(people, responses, strict=True)
        if _kind(response) == writing.PLAIN
    ]
    drawn = dice.rng.permutation(len(candidates))[:DUPLICATES]
    people, responses = list(people), list(responses)
    for index in drawn:
        person, response = candidates[int(index)]
        again = replace(person, key=f"r{len(people) + 1:04d}")
        texts = {
            code: replace(text, kind=writing.DUPLICATE) for code, text in response.texts.items()
        }
        day = min(response.day + 1, _ROUND_DAYS[0] - 1)
        people.append(again)
        responses.append(replace(response, respondent=again.key, day=day, texts=texts))
    return people, responses


def _kind(response: SyntheticResponse) -> str | None:
    text = response.texts.get("pressing_challenge")
    return text.kind if text else None


def _about(person: SyntheticRespondent) -> dict[str, Answer]:
    return {
        "consent": answered(True),
        "sector": answered(person.sector) if person.sector else without_value("skipped"),
        "country": answered(person.country) if person.country else without_value("skipped"),
    }


def _first(
    person: SyntheticRespondent, signs: bool, dice: Dice, writer: writing.Writer
) -> SyntheticResponse:
    texts: dict[str, writing.SyntheticText] = {}
    if dice.happens(0.6):
        texts["role"] = writer.role(person)
    if signs:
        texts["pressing_challenge"] = writer.campaign()
    elif dice.happens(0.84):
        texts["pressing_challenge"] = writer.pressing_challenge(person)
    if not signs and dice.happens(0.56):
        texts["deliverable"] = writer.deliverable(person)
    answers = {
        **_about(person),
        "capacity": opinions.capacity(person, dice),
        **_text_answers(texts, ("role", "pressing_challenge", "deliverable")),
        **opinions.importance_ratings(person, dice),
        "working_groups": opinions.working_groups(person, dice),
        "may_quote": opinions.may_quote(dice),
    }
    day = _CAMPAIGN_FIRST_DAY + int(dice.rng.integers(3)) if signs else _day(1, dice)
    return _response(person, 1, day, answers, texts)


def _second(person: SyntheticRespondent, dice: Dice, writer: writing.Writer) -> SyntheticResponse:
    order = opinions.ranking(person.lean, dice)
    texts: dict[str, writing.SyntheticText] = {}
    first_choice = _first_choice(order)
    if first_choice and dice.happens(0.5):
        texts["first_reason"] = writer.first_reason(person, first_choice)
    answers = {
        **_about(person),
        "ranking": order,
        **_text_answers(texts, ("first_reason",)),
        "binding_force": opinions.binding_force(person, dice),
        "barriers": opinions.barriers(person, dice),
        "may_quote": opinions.may_quote(dice),
    }
    return _response(person, 2, _day(2, dice), answers, texts)


def _round_3(
    people: list[SyntheticRespondent],
    before: list[SyntheticRespondent],
    dice: Dice,
    writer: writing.Writer,
) -> list[SyntheticResponse]:
    """People have seen the order of the group; most keep theirs in substance, some move towards it."""
    centre = np.mean([person.lean for person in before], axis=0)
    return [
        _third(opinions.moved_towards(person, centre, 0.3), centre, dice, writer)
        for person in people
    ]


def _third(
    person: SyntheticRespondent, centre: NDArray[np.float64], dice: Dice, writer: writing.Writer
) -> SyntheticResponse:
    order = opinions.ranking(person.lean, dice)
    texts: dict[str, writing.SyntheticText] = {}
    own = opinions.most_their_own(order, person.lean - centre)
    if own and dice.happens(0.35):
        texts["dissent"] = writer.dissent(person, own)
    if dice.happens(0.25):
        challenge = dice.one_of(population()["not_on_the_draft"])
        texts["missing"] = writer.missing(person, challenge)
    answers = {
        **_about(person),
        "keep_or_change": answered(
            dice.weighted({"keep": 0.62, "change": 0.33, "first_time": 0.05})
        ),
        "ranking": order,
        **_text_answers(texts, ("dissent",)),
        **opinions.agenda_ratings(person, dice),
        **_text_answers(texts, ("missing",)),
        "may_quote": opinions.may_quote(dice),
    }
    return _response(person, 3, _day(3, dice), answers, texts)


def _first_choice(order: Answer) -> str | None:
    value = order["value"]
    return str(value[0]) if isinstance(value, list) else None


def _text_answers(
    texts: dict[str, writing.SyntheticText], codes: tuple[str, ...]
) -> dict[str, Answer]:
    return {
        code: answered(texts[code].text) if code in texts else without_value("skipped")
        for code in codes
    }


def _response(
    person: SyntheticRespondent,
    round_number: int,
    day: int,
    answers: dict[str, Answer],
    texts: dict[str, writing.SyntheticText],
) -> SyntheticResponse:
    return SyntheticResponse(
        respondent=person.key,
        round_number=round_number,
        day=day,
        page_language=person.page_language,
        channel=person.channel,
        answers=answers,
        texts=texts,
    )


def _day(round_number: int, dice: Dice) -> int:
    """Many answer in the first days, many in the last, after the reminder."""
    days = _ROUND_DAYS[round_number - 1]
    early = dice.happens(0.55)
    from_edge = min(int(dice.rng.exponential(days / 6)), days - 1)
    return from_edge if early else days - 1 - from_edge


def _staying(
    people: list[SyntheticRespondent], count: int, dice: Dice
) -> list[SyntheticRespondent]:
    """Who answers again: officials and organisations rather than private persons, and fewer from Africa."""
    willing = {
        "individual": 0.45,
        "media": 0.7,
        "government": 1.4,
        "international_organisation": 1.4,
    }
    odds = np.array(
        [
            willing.get(person.true_sector, 1.0) * (0.85 if person.true_group == "african" else 1.0)
            for person in people
        ]
    )
    # Whose exponential clock rings first, at a rate of the odds: sampling without replacement, in proportion.
    clocks = dice.rng.exponential(1.0, len(people)) / odds
    chosen = sorted(int(index) for index in np.argsort(clocks, kind="stable")[:count])
    return [people[index] for index in chosen]


def _in_order(responses: list[SyntheticResponse]) -> tuple[SyntheticResponse, ...]:
    return tuple(sorted(responses, key=lambda response: (response.day, response.respondent)))
