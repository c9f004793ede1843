"""The examples in the docstrings of the analysis library give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import analysis

MODULES = sorted(
    found.name for found in pkgutil.walk_packages(analysis.__path__, prefix="analysis.")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
