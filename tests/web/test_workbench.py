"""The workbench through its pages: what is lost, leaked or run when people mean or do harm."""

import io

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution, Translation
from core.auth.models import Account
from core.auth.permissions import Role
from core.db import get_database
from results.workbench import readings
from results.workbench.models import Codebook, Edit, Reading, Ruling, Theme
from results.workbench.queries import themes
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.pages import read_form
from tests.support.workbench import add_answers, make_codebook, make_coded_place

BENCH = "/workbench/summit/"
NASTY = "<script>alert(1)</script> wages & jobs \u202edesrever\u202c <img src=x onerror=alert(1)>"


@pytest.fixture
def people(app):
    """Two analysts and a coder of one consultation with answers, and another consultation."""
    with app.app_context(), get_database(app).transaction() as session:
        place, book = make_coded_place(session, 12)
        add_answers(session, place, [NASTY])
        other = make_consultation(session, slug="other")
        add_answers(session, other, ["A secret of the other consultation about wages."])
        make_codebook(session, other)
        found = {}
        for name, role in (("one", Role.ANALYST), ("two", Role.ANALYST), ("coder", Role.CODER)):
            account = make_account(
                session, email=f"{name}@example.org", consultation=place, roles=(role,)
            )
            found[name] = account
        readings.assign(session, book, 1, found["one"], NOW)
        readings.assign(session, book, 2, found["coder"], NOW)
        readings.draw(session, book, 5, seed=1, by="x", now=NOW)
    return {name: sign_in(app.test_client(), account) for name, account in found.items()}


def rows(app, model):
    with get_database(app).read_session() as session:
        return session.exec(select(model)).all()


def theme_of(app, code, slug_number=1):
    return next(
        theme
        for theme in rows(app, Theme)
        if theme.code == code and theme.codebook_id == slug_number
    )


def test_of_two_who_write_at_once_the_second_sees_both_and_loses_nothing(app, people):
    url = f"{BENCH}themes/{theme_of(app, 'work').public_id}/edit"
    first, second = people["one"].page(url), people["two"].page(url)
    people["one"].submit(first.form("/edit"), {"name_en": "Labour", "definition_en": "Of theirs"})
    page = people["two"].submit(second.form("/edit"), {"name_en": "Employment"})
    assert page.status == 409
    assert "Somebody saved this theme while you were writing." in page.text()
    assert "Of theirs" in page.text()
    assert page.find("input", name="name_en")[0].get("value") == "Employment"
    assert theme_of(app, "work").name["en"] == "Labour"
    people["two"].submit(page.form("/edit"))
    assert theme_of(app, "work").name["en"] == "Employment"
    log = people["one"].page(BENCH + "log")
    assert log.text().count("Words changed") == 2


def test_a_coder_sees_no_code_of_the_other_on_any_page(app, people):
    page = people["one"].page(BENCH + "label?mode=audit")
    answer = page.find("input", name="contribution")[0].get("value")
    work = theme_of(app, "work").public_id
    people["one"].submit(page.form("/summit/label"), {f"t-{work}": "yes"})
    assert len(rows(app, Reading)) == 1
    shown = people["coder"].page(f"{BENCH}label?mode=audit&answer={answer}")
    assert shown.find("input", checked="") == []
    for path in ("agreement", "adjudicate", "shares", "log", "sign-off", "coders", "topics"):
        assert people["coder"].get(BENCH + path).status_code == 403
    assert people["coder"].get(f"{BENCH}themes/{work}").status_code == 403
    assert people["coder"].get(BENCH).status_code == 200
    assert people["coder"].get(BENCH + "codebook").status_code == 200


def test_who_could_see_the_other_coders_codes_is_told_when_assigned_and_where_they_agree(
    app, people
):
    label = people["one"].page(BENCH + "label?mode=audit")
    work = theme_of(app, "work").public_id
    people["one"].submit(label.form("/summit/label"), {f"t-{work}": "yes"})
    coders = people["one"].page(BENCH + "coders")
    options = [
        option.text or "" for option in coders.find("select", id="place-2")[0].iter() if option.text
    ]
    told = [text.split("(")[1].split("@")[0] for text in options if "not blind" in text]
    assert sorted(told) == ["one", "two"]
    coders_form = next(
        read_form(form)
        for form in coders.find("form")
        if form.find(".//*[@id='place-2']") is not None
    )
    with get_database(app).read_session() as session:
        other = session.exec(select(Account).where(Account.email == "two@example.org")).one()
    told = people["one"].submit(coders_form, {"account": other.public_id})
    assert "could see codes of the other coder" in told.text()
    shown = people["two"].page(BENCH + "label?mode=audit")
    people["two"].submit(shown.form("/summit/label"), {f"t-{work}": "yes"})
    agreed = people["two"].page(BENCH + "agreement")
    assert "Not blind:" in agreed.text()
    assert "1 of the answers that are compared was coded by somebody who could see" in agreed.text()


def test_what_another_consultation_holds_does_not_exist_here(app, people):
    foreign = theme_of(app, "work", 2)
    secret = next(row for row in rows(app, Contribution) if "secret" in row.text)
    analyst = people["one"]
    assert analyst.get("/workbench/other/").status_code == 404
    assert analyst.get(f"{BENCH}themes/{foreign.public_id}").status_code == 404
    assert "secret" not in analyst.page(f"{BENCH}label?answer={secret.id}").text()
    form = analyst.page(f"{BENCH}label").form("/summit/label")
    with get_database(app).read_session() as session:
        edit = session.exec(
            select(Edit).join(Codebook).where(Codebook.consultation_id == secret.consultation_id)
        ).first()
    own = theme_of(app, "work").public_id
    token = {"csrf_token": form.fields["csrf_token"][0]}
    for path, data in (
        (f"translations/{secret.id}/ask", {}),
        (f"log/{edit.public_id}/undo", {}),
        (f"themes/{own}/merge", {"target": foreign.public_id}),
        (f"themes/{own}/move", {"answer": secret.id}),
        ("label", {"contribution": secret.id, "hash": secret.text_hash, "shown": own}),
    ):
        assert analyst.post(BENCH + path, data={**token, **data}).status_code in {404, 422}, path
    assert rows(app, Translation) == []
    assert rows(app, Ruling) == []
    assert rows(app, Reading) == []


def test_hostile_words_are_shown_as_words(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        book = session.exec(select(Codebook)).first()
        answer = next(row for row in session.exec(select(Contribution)) if "script" in row.text)
        work = next(theme for theme in themes(session, book) if theme.code == "work")
    page = people["one"].page(f"{BENCH}label?answer={answer.id}")
    assert "<script>alert" not in page.source
    assert "alert(1)" in page.text()
    people["one"].submit(
        people["one"].page(f"{BENCH}themes/{work.public_id}/edit").form("/edit"),
        {"name_en": NASTY, "name_ar": "=1+1"},
    )
    for path in ("", "codebook", f"themes/{work.public_id}", "shares", "agreement", "log"):
        assert "<script>alert" not in people["one"].get(BENCH + path).get_data(as_text=True)
    exported = people["one"].get(BENCH + "codebook/export.csv").get_data(as_text=True)
    assert "'=1+1" in exported


def test_a_file_with_ten_thousand_rows_is_refused_with_a_reason(app, people):
    form = people["one"].page(BENCH + "codebook").form("/import")
    data = "code,name_en\n" + "\n".join(f"t{n},Theme {n}" for n in range(10_000))
    page = people["one"].submit(
        form,
        {"file": (io.BytesIO(data.encode()), "book.csv")},
        content_type="multipart/form-data",
    )
    assert page.status == 422
    assert "10000 rows" in page.text()
    assert len(rows(app, Theme)) == 8


def test_a_translation_is_asked_for_once_and_written_by_a_person(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        place = session.exec(select(Codebook)).first()
        answer = session.exec(
            select(Contribution).where(Contribution.consultation_id == place.consultation_id)
        ).first()
        answer.language = "fr"
        session.add(answer)
    page = people["coder"].page(f"{BENCH}label?answer={answer.id}")
    form = page.form("/undo-label")
    url = f"{BENCH}translations/{answer.id}/ask"
    for _twice in range(2):
        people["coder"].post(url, data={"csrf_token": form.fields["csrf_token"][0]})
    assert len(rows(app, Translation)) == 1
    waiting = people["one"].page(BENCH + "translations")
    people["one"].submit(waiting.form("/translations/"), {"text": "In other words."})
    shown = people["coder"].page(f"{BENCH}label?answer={answer.id}")
    assert "In other words." in shown.text()
    assert "translated by a person" in shown.text()
