"""The order of chance: in which people, and answers, come into the random sample."""

import math
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from sqlmodel import Session

from results.workbench import population
from results.workbench.models import AuditSample, Codebook, SampleUnit


def first(
    session: Session,
    codebook: Codebook,
    sample: AuditSample,
    everybody: list[str],
    known: frozenset[str],
) -> list[str]:
    """The answers of a sample: single ones, or all of the people who were drawn.

    What was drawn stays drawn: `known` are the answers of before. The draw goes on to the last of
    them in the order, so that what came since has the same chance as what was there.
    """
    owners: dict[str, str] = {}
    if sample.unit is SampleUnit.PERSON:
        owners = population.owners_of(session, codebook.consultation_id)
    order = _in_order(sample.seed, everybody, owners)
    # A number fixed in advance: stopping at so many answers would favour who gave many.
    n_drawn = math.ceil(sample.size * len(order) / len(everybody))
    n_drawn = max(n_drawn, _last(order, known))
    return [key for keys in order[:n_drawn] for key in keys]


def count_missed(
    sample: AuditSample,
    everybody: Sequence[str],
    owners: Mapping[str, str],
    known: Collection[str],
) -> int:
    """How many answers belong into a sample by the order of chance, and came after it was drawn."""
    if sample.unit is SampleUnit.ANSWER:
        owners = {}
    order = _in_order(sample.seed, everybody, owners)
    drawn = order[: _last(order, known)]
    return sum(key not in known for keys in drawn for key in keys)


def _in_order(
    seed: int, everybody: Sequence[str], owners: Mapping[str, str]
) -> list[Sequence[str]]:
    """The answers of each that can be drawn, in the order of chance."""
    given: dict[str, list[str]] = {}
    for key in everybody:
        given.setdefault(owners.get(key, key), []).append(key)
    return [given[who] for who in sorted(given, key=lambda who: in_order(seed, who))]


def _last(order: Sequence[Sequence[str]], known: Collection[str]) -> int:
    """The last place in the order of which something was drawn; 0 where nothing was."""
    places = (n for n, keys in enumerate(order, start=1) if any(key in known for key in keys))
    return max(places, default=0)


def in_order(seed: int, key: str) -> str:
    """Where an answer stands in the random order of a seed."""
    return sha256(f"{seed}:{key}".encode()).hexdigest()
