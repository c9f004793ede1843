"""What a machine lacks is left out of a local run with a reason, and fails in CI."""

import os
from typing import NoReturn

import pytest

IN_CI = os.environ.get("CI") == "true"


def leave_out(missing: str, remedy: str) -> NoReturn:
    """Skip on somebody's machine; fail where nothing may be left out."""
    reason = f"{missing}. {remedy}"
    if IN_CI:
        pytest.fail(f"CI may leave nothing out. {reason}", pytrace=False)
    pytest.skip(reason)
