"""No test reaches beyond its own machine; neither do the processes it starts, if they ask."""

import os
from pathlib import Path

import pytest

# Importing it sets the guard for this process and its threads.
from tests.plugins.offline import sitecustomize as guard

OFFLINE = Path(guard.__file__).parent


@pytest.fixture
def offline_environment() -> dict[str, str]:
    """Environment variables that make a Python process refuse to leave the machine.

    Give them to `subprocess`: `env={**offline_environment, "POLYLOGUE_PORT": "…"}`.
    """
    paths = [str(OFFLINE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
