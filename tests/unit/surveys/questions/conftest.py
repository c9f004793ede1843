"""One application for all questions here: none of them needs a store of its own."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from core.db import get_database
from tests.plugins.application import make_settings


@pytest.fixture(scope="session")
def asking_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    application = create_app(make_settings(tmp_path_factory.mktemp("asking"), uploads=True))
    yield application
    get_database(application).dispose()


@pytest.fixture
def page(asking_app: Flask) -> Iterator[None]:
    """A page being made, so that words have a language."""
    with asking_app.test_request_context("/"):
        yield
