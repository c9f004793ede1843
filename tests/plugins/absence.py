"""What a machine lacks is left out of a local run with a reason. CI leaves nothing out.

In CI every skipped test fails, whoever skipped it, so that nobody needs to think of it.
"""

import os
from collections.abc import Generator
from typing import NoReturn

import pytest


def leave_out(missing: str, remedy: str) -> NoReturn:
    """Skip what this machine cannot run, and say how it could."""
    pytest.skip(f"{missing}. {remedy}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_left_out(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_left_out(report)
    return report


def _fail_if_left_out(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"CI may leave nothing out: {report.longrepr}"
