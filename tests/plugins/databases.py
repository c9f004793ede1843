"""The same test on both stores: SQLite in a file, and PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BOTH = [
    pytest.param("sqlite"),
    pytest.param("postgresql", marks=pytest.mark.postgresql),
]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; a test that asks for it runs on both stores."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return request.getfixturevalue("postgresql_url")


@pytest.fixture(params=BOTH)
def database_copy(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Callable[[str], None]], str]]:
    """`database_copy(build)` gives a database as `build(url)` makes it, for instance migrated.

    It is built once in a test run and copied from then on, which is far quicker.
    """
    if request.param == "sqlite":
        yield lambda build: _copy_file(build, tmp_path_factory.getbasetemp(), tmp_path)
        return
    server = request.getfixturevalue("postgresql_server")
    made: list[str] = []

    def copy(build: Callable[[str], None]) -> str:
        made.append(server.copy_of(build))
        return server.url(made[-1])

    yield copy
    for name in made:
        server.drop(name)


def _copy_file(build: Callable[[str], None], base: Path, folder: Path) -> str:
    template = base / f"{build.__module__}.{build.__qualname__}.sqlite3"
    if not template.exists():
        build(f"sqlite:///{template}")
        leftover = template.with_name(f"{template.name}-wal")
        assert not leftover.exists(), f"{build.__qualname__} left its database open"
    target = folder / f"copy-{len(list(folder.glob('copy-*')))}.sqlite3"
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"
