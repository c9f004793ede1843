"""Versions of the agenda, and comments on its drafts."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from consultation.contributions.models import Channel, Contribution
from core.errors import Closed, Conflict, Invalid
from results.agenda import decisions, programme, services
from results.agenda.drafts import comments, document
from results.agenda.drafts import services as drafts
from results.agenda.drafts.models import AgendaComment, Refusal, VersionKind
from results.agenda.models import AgendaItem, ItemState
from tests.support.agenda import (
    TODAY,
    decide,
    make_item,
    plan,
    publish,
)


def test_a_version_is_hashed_and_anybody_can_hash_it_again(place):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    version = publish(session, summit)
    assert version.content_hash == document.content_hash(version.body)
    with pytest.raises(Conflict, match="Nothing has changed"):
        publish(session, summit)


def test_figures_of_a_version_are_the_public_ones(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    services.link_figures(session, item, run, table_name="topics", row_key="1", now=TODAY)
    decide(session, summit, item, committee)
    ranking, topic = publish(session, summit).body["items"][0]["evidence"]
    assert ranking["figures"]["rank"] == 1
    assert ranking["figures"]["n"] == 120
    assert topic["figures"] == {
        "label": {"en": "Wells"},
        "count": 30,
        "share": 0.3,
        "low": 0.2,
        "high": 0.4,
        "n": 100,
    }


def test_adoption_waits_until_all_is_done_and_ends_the_work(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    assert "Publish a draft first" in drafts.unfinished(session, summit, TODAY)[0]
    draft = publish(session, summit, days=2)
    remark = comments.Remark(text="Why so late?")
    comment = comments.give(session, summit, draft, remark, TODAY)
    track = programme.save_track(session, summit, plan())
    make_item(session, summit, "work")
    later = TODAY + timedelta(days=3)
    assert len(drafts.unfinished(session, summit, TODAY)) == 4
    with pytest.raises(Conflict, match="1 comment is unread"):
        drafts.adopt(session, summit, drafts.Publication(), actor="x", now=later)
    comments.refuse(session, comment, Refusal.OFF_TOPIC, actor="x")
    other = session.exec(select(AgendaItem).where(AgendaItem.challenge_code == "work")).one()
    decide(session, summit, other, committee, ItemState.DEFERRED)
    programme.place(session, item, track, 30)
    version = drafts.adopt(session, summit, drafts.Publication(), actor="x", now=later)
    assert (version.kind, version.number) == (VersionKind.ADOPTED, 2)
    for attempt in (
        lambda: programme.unplace(session, item),
        lambda: services.move(session, item, 1),
        lambda: make_item(session, summit, "rights"),
        lambda: decisions.reopen(session, summit, item, reason={"en": "No."}, actor="x", now=later),
        lambda: publish(session, summit),
        lambda: drafts.adopt(session, summit, drafts.Publication(), actor="x", now=later),
    ):
        with pytest.raises(Closed, match="adopted"):
            attempt()
    with pytest.raises(IntegrityError, match=r"uq_agenda_version_adopted|agenda_version"):
        session.connection().execute(
            text(
                "INSERT INTO agenda_version (public_id, consultation_id, number, kind, note, "
                "body, content_hash, published_at, published_by) SELECT 'other', "
                "consultation_id, 9, kind, note, body, content_hash, published_at, "
                "published_by FROM agenda_version WHERE kind = 'adopted'"
            )
        )


def test_comments_close_in_the_transaction_that_writes_them(place):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    draft = publish(session, summit, days=2)
    remark = comments.Remark(text="In time.")
    end = draft.comments_close_at
    comments.give(session, summit, draft, remark, end - timedelta(seconds=1))
    with pytest.raises(Closed, match="not stored"):
        comments.give(session, summit, draft, remark, end)
    decide(session, summit, make_item(session, summit, "work", run=run), committee)
    publish(session, summit, days=2)
    with pytest.raises(Closed, match="not stored"):
        comments.give(session, summit, draft, remark, TODAY)
    assert len(session.exec(select(AgendaComment)).all()) == 1


def test_an_accepted_comment_is_a_contribution_of_its_own_channel(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    draft = publish(session, summit, days=2)
    remark = comments.Remark(text="ماء أولا", item=item.public_id, language="ar", sector="media")
    comment = comments.give(session, summit, draft, remark, TODAY)
    assert session.exec(select(Contribution)).all() == []
    comments.accept(session, summit, comment, actor="x")
    made = session.exec(select(Contribution)).one()
    assert (made.channel, made.text, made.sector) == (Channel.COMMENT, "ماء أولا", "media")
    assert comment.text == ""
    with pytest.raises(Conflict, match="accepted already"):
        comments.refuse(session, comment, Refusal.INSULT, actor="x")


@pytest.mark.parametrize("words", ["", "   \n ", "x" * 2001])
def test_empty_and_endless_comments_are_refused(place, words):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    draft = publish(session, summit, days=2)
    with pytest.raises(Invalid):
        comments.give(session, summit, draft, comments.Remark(text=words), TODAY)
