"""Finished parts of heavy work, in files: a run that was killed goes on at the part it had begun."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from analysis.text.partitions import Arrays

#: Beside the vectors of the same consultation, and as easily made anew.
FOLDER = "parts"


@dataclass(slots=True)
class PartFiles:
    """The parts of one consultation's runs; a shelf for `analysis.text.partitions.Work`.

    A part's name is a hash of all that its result depends on, so a file is either right or never
    asked for. Files are written beside their place and then moved: a killed process leaves a
    whole file or none. They hold numbers, never words.

    Attributes
    ----------
    folder : Path
    used : set of str
        Names that were asked for or kept since this object was made.
    """

    folder: Path
    used: set[str] = field(default_factory=set)

    def load(self, name: str) -> Arrays | None:
        """The part of that name, or None where there is none that can be read."""
        self.used.add(name)
        try:
            with (
                self._path(name).open("rb") as stream,
                np.load(stream, allow_pickle=False) as kept,
            ):
                return {key: kept[key] for key in kept.files}
        except (OSError, ValueError, BadZipFile, EOFError):
            return None

    def keep(self, name: str, arrays: Arrays) -> None:
        """Keep a finished part."""
        self.used.add(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{name}.{os.getpid()}.part"
        with unfinished.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        unfinished.replace(self._path(name))

    def sweep(self) -> None:
        """Forget the parts that this run did not use: of earlier texts, erased or changed."""
        for path in self.folder.glob("*"):
            if path.suffix != ".npz" or path.stem not in self.used:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.npz"
