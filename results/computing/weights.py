"""The weightings of a round: as heard, to the registered targets, and to other fair voices.

Unweighted and weighted always stand side by side. The headline is the registered target set
where it was frozen before the first round opened, else unweighted; the other sets show how much
the order depends on who should have been heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.errors import EmptyCells
from analysis.weighting.margins import Margin, margin
from analysis.weighting.raking import CAPS, Caps, Cells, Shortfall, cells_of, rake
from consultation.people.classifications import (
    NO_GROUP,
    SECTORS,
    classification,
    country,
    groups,
)
from results.computing.inputs import COUNTRY_GROUPS, Inputs
from results.tables import Texts

UNWEIGHTED = "unweighted"
REGISTERED = "registered"
OTHER_SECTOR = "other"

TITLES: dict[str, Texts] = {
    UNWEIGHTED: {
        "en": "As heard, unweighted",
        "fr": "Tel qu’entendu, sans pondération",
        "ar": "كما ورد، دون ترجيح",
        "es": "Tal como se oyó, sin ponderar",
        "ru": "Как получено, без взвешивания",
        "zh": "原始结果，未加权",
    },
    REGISTERED: {
        "en": "Weighted to the registered targets",
        "fr": "Pondéré selon les cibles enregistrées",
        "ar": "مرجَّح وفق الأهداف المسجلة",
        "es": "Ponderado según los objetivos registrados",
        "ru": "Взвешено по зарегистрированным целевым долям",
        "zh": "按登记目标加权",
    },
    "equal_sectors": {
        "en": "Equal voice for each sector",
        "fr": "Voix égale pour chaque secteur",
        "ar": "صوت متساوٍ لكل قطاع",
        "es": "Igual voz para cada sector",
        "ru": "Равный голос каждому сектору",
        "zh": "各部门权重相等",
    },
    "equal_regions": {
        "en": "Equal voice for each region",
        "fr": "Voix égale pour chaque région",
        "ar": "صوت متساوٍ لكل منطقة",
        "es": "Igual voz para cada región",
        "ru": "Равный голос каждому региону",
        "zh": "各区域权重相等",
    },
    "equal_country_groups": {
        "en": "Equal voice for each country group",
        "fr": "Voix égale pour chaque groupe de pays",
        "ar": "صوت متساوٍ لكل مجموعة بلدان",
        "es": "Igual voz para cada grupo de países",
        "ru": "Равный голос каждой группе стран",
        "zh": "各国家组权重相等",
    },
}


class Reason(StrEnum):
    """Why a weighting was refused."""

    #: Nobody answered from a group with a declared share.
    EMPTY_GROUPS = "empty_groups"
    #: Everybody whose group is known belongs to one group.
    ONE_GROUP = "one_group"
    #: The declared shares leave nothing to divide.
    NO_REST = "no_rest"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no weighting, and the groups that it is about."""

    reason: Reason
    dimension: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """One way to weigh the respondents of a round.

    Attributes
    ----------
    name, title : str, texts
        `UNWEIGHTED`, `REGISTERED` or the name of a target set, and its title by language.
    values : ndarray of float64, shape (n,), or None
        A weight a respondent in the order of the frame, mean 1; None where refused.
    effective_n : float
        Kish's effective n; 0 where refused.
    is_headline : bool
        Exactly one of the weightings of a round is.
    trimmed : float
        The share of respondents whose weight stands at a cap, in [0, 1].
    refused : Refusal or None
    absent : tuple of str
        Groups of a set of equal voices from which nobody was heard: no weight stands in for them.
    shortfalls : tuple of Shortfall
        Targets that the caps did not let the weights reach.
    cells : Cells or None
        For `analysis.weighting.raking.cell_factors`, to weigh again in each replicate of a
        bootstrap; None where unweighted or refused.
    caps : (float, float) or None
    """

    name: str
    title: Texts
    values: NDArray[np.float64] | None
    effective_n: float
    is_headline: bool = False
    trimmed: float = 0.0
    refused: Refusal | None = None
    #: The dimension that a set of equal voices speaks of.
    dimension: str = ""
    absent: tuple[str, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    cells: Cells | None = None
    caps: Caps | None = None


Column = list[str | None]


def weightings(frame: pl.DataFrame, inputs: Inputs) -> list[Weighting]:
    """Unweighted first, then the registered targets if any, then the sets of equal voices."""
    is_registered = any(
        share > 0 for shares in inputs.targets.values() for share in shares.values()
    )
    has_headline = is_registered and inputs.targets_frozen
    n = frame.height
    found = [
        Weighting(
            UNWEIGHTED, TITLES[UNWEIGHTED], np.ones(n), float(n), is_headline=not has_headline
        )
    ]
    if n == 0:
        return [Weighting(UNWEIGHTED, TITLES[UNWEIGHTED], np.ones(0), 0.0, is_headline=True)]
    columns = _columns(frame)
    if is_registered:
        found.append(_registered(columns, inputs.targets))
    for name, dimension, keys in _equal_sets(inputs):
        found.append(_equal(name, dimension, columns[dimension], keys))
    if not has_headline:
        return found
    # A registered set that had to be refused is still named; the figures fall back to unweighted.
    wanted = UNWEIGHTED if found[1].refused else REGISTERED
    return [replace(row, is_headline=row.name == wanted) for row in found]


def headline(found: list[Weighting]) -> Weighting:
    """The weighting that the headline figures carry."""
    return next(row for row in found if row.is_headline)


def _columns(frame: pl.DataFrame) -> dict[str, Column]:
    return {
        "sector": frame[":sector"].to_list(),
        "region": frame[":region"].to_list(),
        "country_group": [
            country(code).g77 if code else None for code in frame[":country"].to_list()
        ],
    }


def _equal_sets(inputs: Inputs) -> list[tuple[str, str, list[str]]]:
    """Who gets an equal voice. "Other" and countries outside every group keep the share they have."""
    return [
        ("equal_sectors", "sector", [row.code for row in SECTORS if row.code != OTHER_SECTOR]),
        (
            "equal_regions",
            "region",
            [row.code for row in groups(inputs.region_classification) if row.code != NO_GROUP],
        ),
        (
            "equal_country_groups",
            "country_group",
            [row.code for row in classification(COUNTRY_GROUPS).groups],
        ),
    ]


def _registered(
    columns: dict[str, Column], targets: Mapping[str, Mapping[str, float]]
) -> Weighting:
    margins = []
    for dimension, shares in targets.items():
        if not any(share > 0 for share in shares.values()):
            continue
        try:
            margins.append(margin(dimension, columns[dimension], shares))
        except EmptyCells as error:
            return _refused(REGISTERED, Refusal(Reason.EMPTY_GROUPS, dimension, error.keys))
        except ValueError:
            return _refused(REGISTERED, Refusal(Reason.NO_REST, dimension))
    return _weighted(REGISTERED, margins, ())


def _equal(name: str, dimension: str, values: Column, keys: list[str]) -> Weighting:
    present = set(values)
    heard = [key for key in keys if key in present]
    absent = tuple(key for key in keys if key not in present)
    if len(heard) < 2:
        return _refused(name, Refusal(Reason.ONE_GROUP, dimension, tuple(heard)))
    margins = [margin(dimension, values, dict.fromkeys(heard, 1.0))]
    return replace(_weighted(name, margins, absent), dimension=dimension)


def _refused(name: str, refusal: Refusal) -> Weighting:
    return Weighting(name, TITLES[name], None, 0.0, refused=refusal)


def _weighted(name: str, margins: list[Margin], absent: tuple[str, ...]) -> Weighting:
    found = rake(margins, caps=CAPS)
    return Weighting(
        name,
        TITLES[name],
        found.values,
        found.effective_n,
        trimmed=found.trimmed,
        absent=absent,
        shortfalls=found.shortfalls,
        cells=cells_of(margins),
        caps=CAPS,
    )
