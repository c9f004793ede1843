"""The working figures of the workbench: the newest coding of the machine, and all codes so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from analysis.errors import TooFewAnswers
from analysis.weighting.margins import margin
from analysis.weighting.raking import rake
from consultation.people.queries import targets
from consultation.process.models import Consultation
from results.workbench import machine, population, report
from results.workbench.labels import Labels
from results.workbench.models import Codebook


@dataclass(frozen=True, slots=True)
class Working:
    """What is counted, with the shares that come of it."""

    ids: list[str]
    givers: population.Givers
    counted: report.Counted
    shares: report.Shares


def weights_for(
    groups: Mapping[str, Sequence[str | None]], wanted: Mapping[str, Mapping[str, float]]
) -> NDArray[np.float64] | None:
    """Weights to the declared shares of regions and sectors; None where none are declared."""
    margins: list[Any] = []
    for name in ("region", "sector"):
        shares = {code: share for code, share in wanted.get(name, {}).items() if share > 0}
        if shares:
            try:
                margins.append(margin(name, groups[name], shares))
            except TooFewAnswers:
                return None
    return rake(margins).values if margins else None


def gather(
    session: Session,
    consultation: Consultation,
    codebook: Codebook,
    labels: Labels,
    small: int,
) -> Working | None:
    """Count the answers as they stand now; None before the machine has coded any."""
    coded = machine.load(session, codebook)
    if coded is None or not labels.themes:
        return None
    answers = [row for row in population.answers(session, codebook) if row.id in coded.rows]
    if not answers:
        return None
    ids = [answer.id for answer in answers]
    places = [coded.rows[key] for key in ids]
    regions = [answer.region for answer in answers]
    sectors = [answer.sector for answer in answers]
    groups: dict[str, Sequence[str | None]] = {
        "region": regions,
        "sector": sectors,
        report.CROSSING: report.crossing(regions, sectors),
    }
    codes = labels.matrix(ids)
    givers = population.givers(ids, population.people(session, codebook))
    audit = audited(ids, codes, labels.audit)
    counted = report.Counted(
        probability=coded.table(labels.themes)[places],
        audit=audit,
        codes=codes[audit],
        groups=groups,
        weights=weights_for(groups, targets(session, consultation)),
        small=small,
        people=givers.numbers,
    )
    return Working(ids, givers, counted, report.count(counted))


def audited(
    ids: Sequence[str], codes: NDArray[np.float64], audit: frozenset[str]
) -> NDArray[np.int64]:
    """The rows of the random sample of which something stands."""
    said = np.count_nonzero(~np.isnan(codes), axis=1)
    return np.array(
        [row for row, key in enumerate(ids) if key in audit and said[row]], dtype=np.int64
    )
