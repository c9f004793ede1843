"""The order of chance: in which people, and answers, come into the random sample."""

import math
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

    Whoever was drawn stays drawn, with the answers that came since: `known` are those of before.
    """
    owners: dict[str, str] = {}
    if sample.unit is SampleUnit.PERSON:
        owners = population.owners_of(session, codebook.consultation_id)
    given: dict[str, list[str]] = {}
    for key in everybody:
        given.setdefault(owners.get(key, key), []).append(key)
    order = sorted(given, key=lambda who: in_order(sample.seed, who))
    # A number fixed in advance: stopping at so many answers would favour who gave many.
    n_people = math.ceil(sample.size * len(given) / len(everybody))
    if sample.unit is SampleUnit.PERSON:
        before = (
            place for place, who in enumerate(order, start=1) if not known.isdisjoint(given[who])
        )
        n_people = max(n_people, *before, 0)
    return [key for who in order[:n_people] for key in given[who]]


def in_order(seed: int, key: str) -> str:
    """Where an answer stands in the random order of a seed."""
    return sha256(f"{seed}:{key}".encode()).hexdigest()
