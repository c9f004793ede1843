"""One respondent, whose answers a test may say."""

from datetime import datetime, timedelta, timezone

import pytest

from surveys.logic import Scope, evaluate, parse

#: Half past midnight, while it is still yesterday in UTC.
NOW = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def scope():
    def make(this="", *, seed=7, now=NOW, place="", **answers):
        return Scope(
            value_of=lambda name: answers.get(name, ""),
            this=this,
            now=now,
            label_of=lambda question, option: f"{question}:{option}",
            seed=seed,
            place=place,
        )

    return make


@pytest.fixture
def value(scope):
    def work_out(source, this="", **known):
        return evaluate(parse(source), scope(this, **known))

    return work_out
