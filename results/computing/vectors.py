"""Vectors of texts between runs, in files: a text is encoded once, and forgotten with its words."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

FOLDER = "vectors"
Vectors = NDArray[np.float32]


def folder_of(instance: Path, slug: str) -> Path:
    """Where the vectors of a consultation's texts wait: for its runs and for its workbench."""
    return instance / FOLDER / slug


@dataclass(frozen=True, slots=True)
class VectorFiles:
    """The vectors of one consultation's texts; a file for each part that was encoded.

    A run and a coding may read and write at the same time, and a run forgets the vectors of texts
    that are gone: a file that vanished meanwhile, or cannot be read, costs time and nothing else.

    Files are written beside their place and then moved, so that a killed process leaves a whole
    file or none. Names are hashes of the words, which cannot be read back.
    """

    folder: Path

    def read(self, name: str, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """The vectors that are there, by key."""
        wanted = set(keys)
        return {key: row for path in self._files(name) for key, row in _open(path) if key in wanted}

    def write(self, name: str, found: Mapping[str, Vectors]) -> None:
        """Keep vectors."""
        if found:
            keys = sorted(found)
            path = self._path(name, keys)
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(f".{os.getpid()}.part")
            with unfinished.open("wb") as stream:
                np.savez(stream, keys=np.array(keys), rows=np.stack([found[key] for key in keys]))
            unfinished.replace(path)

    def keep_only(self, name: str, keys: Sequence[str]) -> None:
        """Forget the vectors of texts that are not among these: erased, or changed."""
        before = self._files(name)
        held = {key for path in before for key, _row in _open(path)}
        if len(before) <= 1 and held <= set(keys):
            return
        kept = self.read(name, keys)
        self.write(name, kept)
        whole = self._path(name, sorted(kept))
        for path in before:
            if path != whole:
                path.unlink(missing_ok=True)

    def _path(self, name: str, keys: Sequence[str]) -> Path:
        return self.folder / name / f"{sha256(''.join(keys).encode()).hexdigest()[:32]}.npz"

    def _files(self, name: str) -> list[Path]:
        return sorted((self.folder / name).glob("*.npz"))


def _open(path: Path) -> Iterator[tuple[str, Vectors]]:
    try:
        with np.load(path, allow_pickle=False) as kept:
            keys, rows = kept["keys"].tolist(), kept["rows"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return
    yield from zip(keys, rows, strict=True)
