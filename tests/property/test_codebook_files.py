"""Whatever was done to a codebook, its file brings the same one into an empty consultation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from core.db import Database
from results.workbench import files, intake, services
from results.workbench.edits import WORDS
from results.workbench.models import ThemeKind, ThemeState
from results.workbench.queries import coded_themes, themes
from results.workbench.services import Words
from tests.support.make import make_consultation
from tests.support.workbench import ACTOR

CALM = settings(deadline=None, max_examples=25, derandomize=True)
LANGUAGES = ("en", "ar", "zh-TW", "iw", "sr-Latn", "es-419")
TEXT = st.text(
    st.sampled_from("ab é\"';,=+-@\t\n\u200f\u202eع中🙂\u0301'"), min_size=1, max_size=12
)
WORDED = st.dictionaries(st.sampled_from(LANGUAGES), TEXT, max_size=3)
STEP = st.tuples(
    st.sampled_from(("add", "area", "words", "merge", "merge", "split", "move", "state")),
    st.integers(0, 50),
    st.integers(0, 50),
    WORDED,
)


@pytest.fixture(scope="module")
def own_store(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('codebooks') / 'store.sqlite3'}")
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.dispose()


class Bench:
    """A codebook on which steps are done as far as they make sense."""

    def __init__(self, session, slug):
        self.session = session
        self.book = services.begin(session, make_consultation(session, slug=slug), ACTOR.now)
        self.made = 0

    def do(self, step):
        kind, one, two, texts = step
        getattr(self, f"_{kind}")(one, two, {"name": {"en": "Name"} | texts, "examples": texts})

    def rows(self, *kinds):
        found = themes(self.session, self.book)
        return [row for row in found if row.kind in kinds] if kinds else found

    def _new(self, words, kind=ThemeKind.THEME, parent=None):
        self.made += 1
        services.add_theme(
            self.session, self.book, code=f"t{self.made}", words=Words.of(words), kind=kind,
            parent=parent, actor=ACTOR,
        )  # fmt: skip

    def _pick(self, number, *kinds):
        rows = self.rows(*kinds)
        return rows[number % len(rows)] if rows else None

    def _add(self, one, _two, words):
        self._new(words, parent=self._pick(one, ThemeKind.AREA))

    def _area(self, _one, _two, words):
        self._new(words, ThemeKind.AREA)

    def _words(self, one, two, words):
        theme = self._pick(one)
        if theme is not None and Words.of(words).name:
            services.change_theme(
                self.session, self.book, theme, words=Words.of(words),
                parent=self._pick(two, ThemeKind.AREA), revision=theme.revision, actor=ACTOR,
            )  # fmt: skip

    def _merge(self, one, two, _words):
        rows = [row for row in self.rows(ThemeKind.THEME) if row.state not in intake._GONE]
        if len(rows) > 1:
            source = rows[one % len(rows)]
            target = [row for row in rows if row is not source][two % (len(rows) - 1)]
            services.merge(self.session, self.book, source, target, ACTOR)

    def _split(self, one, _two, words):
        theme = self._pick(one, ThemeKind.THEME)
        if theme is not None:
            for _part in range(2):
                parent = next((row for row in self.rows() if row.id == theme.parent_id), None)
                self._new(words, parent=parent)
                services.set_state(
                    self.session, self.book, self.rows()[-1], ThemeState.PROPOSED, ACTOR
                )

    def _move(self, one, two, words):
        self._words(one, two, words)

    def _state(self, one, two, _words):
        theme = self._pick(one)
        if theme is not None and theme.state is not ThemeState.MERGED:
            state = services.CHOOSABLE[two % len(services.CHOOSABLE)]
            services.set_state(self.session, self.book, theme, state, ACTOR)


def said(session, book):
    """All that is not taken out, with what it refers to, read without the code of files."""
    rows = themes(session, book)
    by_id = {row.id: row for row in rows}

    def one(row):
        into, area = by_id.get(row.merged_into_id), by_id.get(row.parent_id)
        words = {name: getattr(row, name) for name in WORDS}
        return (
            row.code, row.kind, row.state, words,
            area and (area.code, area.state), into and one(into),
        )  # fmt: skip

    return [one(row) for row in rows if row.state is not ThemeState.DROPPED]


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_codebook_comes_back_equal_whatever_was_done_to_it(app, own_store, ending):
    number = iter(range(10_000))

    @CALM
    @given(st.lists(STEP, min_size=1, max_size=14))
    def check(steps):
        run = next(number)
        with app.app_context(), own_store.transaction() as session:
            bench = Bench(session, f"{ending}-{run}")
            for step in steps:
                bench.do(step)
            entries = files.entries_of(themes(session, bench.book))
            if not entries:
                return
            write = {"csv": lambda: files.write_csv(entries, ["en"])}
            data = write.get(ending, lambda: files.write_json(entries))()
            other = Bench(session, f"{ending}-{run}-again").book
            found = files.read(data, f"book.{ending}", "en")
            assert found.problems == []
            intake.take_in(session, other, found, "book", ACTOR)
            assert found.problems == []
            assert said(session, other) == said(session, bench.book)
            names = [[row.code for row in coded_themes(themes(session, book))]
                     for book in (other, bench.book)]  # fmt: skip
            assert names[0] == names[1]

    check()
