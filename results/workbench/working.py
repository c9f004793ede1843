"""The working figures of the workbench: the newest coding of the machine, and all codes so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from consultation.people.queries import targets
from consultation.process.models import Consultation
from results.workbench import by_person, drawing, machine, outcomes, population, readings, report
from results.workbench.labels import Labels
from results.workbench.models import Codebook
from results.workbench.weighing import are_declared, weights_for


@dataclass(frozen=True, slots=True)
class Working:
    """What is counted, with the shares that come of it."""

    ids: list[str]
    givers: population.Givers
    counted: report.Counted
    shares: report.Shares
    people: by_person.ByPerson
    #: Answers that belong into the random sample by the order of chance, and came after it was drawn.
    n_missed: int
    #: How many answers got no theme, and why (`outcomes.count`).
    outcomes: dict[str, Any]
    #: Whether targets are declared: where they cannot be reached there are no weighted shares.
    has_targets: bool


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
    owners = population.owners_of(session, codebook.consultation_id)
    givers = population.givers(ids, population.numbered(owners))
    audit = audited(ids, codes, labels.audit)
    wanted = targets(session, consultation)
    counted = report.Counted(
        probability=coded.table(labels.themes)[places],
        audit=audit,
        codes=codes[audit],
        groups=groups,
        weights=weights_for(groups, wanted),
        small=small,
        people=givers.numbers,
    )
    sample = readings.sample_of(session, codebook)
    drawn = by_person.Drawn(None if sample is None else sample.unit, labels.audit)
    people = by_person.count(counted, ids, givers, drawn, wanted)
    missed = 0 if sample is None else drawing.count_missed(sample, ids, owners, labels.audit)
    ended = _outcomes(coded, labels, counted.probability, places, codes, audit)
    shares = report.count(counted)
    return Working(
        *(ids, givers, counted, shares, people, missed, ended), has_targets=are_declared(wanted)
    )


def _outcomes(
    coded: machine.Coded,
    labels: Labels,
    probability: NDArray[np.float64],
    places: Sequence[int],
    codes: NDArray[np.float64],
    audit: NDArray[np.int64],
) -> dict[str, Any]:
    thresholds = np.array([coded.threshold(theme.code) for theme in labels.themes])
    is_read = np.any(~np.isnan(coded.probability[places]), axis=1)
    said = np.where(is_read[:, None], probability, np.nan)
    return outcomes.count(said, thresholds, codes, audit)


def audited(
    ids: Sequence[str], codes: NDArray[np.float64], audit: frozenset[str]
) -> NDArray[np.int64]:
    """The rows of the random sample of which something stands."""
    said = np.count_nonzero(~np.isnan(codes), axis=1)
    return np.array(
        [row for row, key in enumerate(ids) if key in audit and said[row]], dtype=np.int64
    )
