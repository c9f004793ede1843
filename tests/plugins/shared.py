"""The real consultations that results are checked against. They stay outside this repository."""

from pathlib import Path

import pytest

from tests.plugins.absence import leave_out

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared reference data beside the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        leave_out(
            "The shared reference data is not beside the repository",
            "Put the folder `shared` next to it.",
        )
    return folder
