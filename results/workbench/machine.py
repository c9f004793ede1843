"""What the machine thinks of each answer: kept as one table of probabilities, replaced whole."""

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from results.workbench.models import Codebook, MachineCoding, Theme

#: Among the parameters: the answers whose coding teaches most, in order.
ASKED = "asked"


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The probabilities, and where each answer and each theme stands among them."""

    public_id: str
    ids: tuple[str, ...]
    codes: tuple[str, ...]
    probability: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    rows: dict[str, int]

    def column(self, code: str) -> NDArray[np.float64] | None:
        """The probabilities of a theme, in the order of the answers; None where it is new."""
        return self.probability[:, self.codes.index(code)] if code in self.codes else None

    def table(self, themes: Sequence[Theme]) -> NDArray[np.float64]:
        """A column a theme of these; 0 where the machine does not know the theme yet."""
        found = np.zeros((len(self.ids), len(themes)))
        for place, theme in enumerate(themes):
            column = self.column(theme.code)
            if column is not None:
                found[:, place] = np.nan_to_num(column, nan=0.0)
        return found

    def threshold(self, code: str) -> float:
        return float(self.thresholds[self.codes.index(code)]) if code in self.codes else 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a coding leaves behind."""

    ids: tuple[str, ...]
    codes: tuple[str, ...]
    probability: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    parameters: dict[str, Any]
    n_labelled: int
    seconds: float


def save(session: Session, codebook: Codebook, result: Result, now: datetime) -> MachineCoding:
    """Replace what was there."""
    session.connection().execute(
        delete(MachineCoding).where(col(MachineCoding.codebook_id) == codebook.id)
    )
    row = MachineCoding(
        codebook_id=codebook.id or 0,
        codes=list(result.codes),
        ids=zlib.compress("\n".join(result.ids).encode()),
        probabilities=zlib.compress(result.probability.astype("<f4").tobytes(), 1),
        parameters={**result.parameters, "thresholds": result.thresholds.tolist()},
        n_labelled=result.n_labelled,
        seconds=round(result.seconds, 3),
        computed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def about(session: Session, codebook: Codebook) -> MachineCoding | None:
    """The newest coding; its probabilities are not read."""
    blobs = (_column("ids"), _column("probabilities"))
    return session.exec(
        select(MachineCoding)
        .where(MachineCoding.codebook_id == codebook.id)
        .options(*(defer(blob, raiseload=True) for blob in blobs))
    ).one_or_none()


def _column(name: str) -> Any:
    return getattr(MachineCoding, name)


#: The newest codings that this process has read; each is replaced as a whole, never changed.
_KEPT: OrderedDict[str, Coded] = OrderedDict()
_MOST_KEPT = 4


def load(session: Session, codebook: Codebook) -> Coded | None:
    """The newest coding; kept in memory until there is another."""
    public_id = session.exec(
        select(MachineCoding.public_id).where(MachineCoding.codebook_id == codebook.id)
    ).one_or_none()
    if public_id is None:
        return None
    kept = _KEPT.get(public_id)
    if kept is None:
        row = session.exec(
            select(MachineCoding).where(MachineCoding.public_id == public_id)
        ).one_or_none()
        if row is None:
            return None
        kept = _KEPT[public_id] = _unpacked(row)
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return kept


def _unpacked(row: MachineCoding) -> Coded:
    ids = tuple(filter(None, zlib.decompress(row.ids).decode().split("\n")))
    table = np.frombuffer(zlib.decompress(row.probabilities), dtype="<f4")
    probability = table.reshape(len(ids), len(row.codes)).astype(np.float64)
    probability.setflags(write=False)
    return Coded(
        public_id=row.public_id,
        ids=ids,
        codes=tuple(row.codes),
        probability=probability,
        thresholds=np.array(row.parameters["thresholds"], dtype=np.float64),
        rows={key: place for place, key in enumerate(ids)},
    )
