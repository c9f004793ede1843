"""The agenda's intake, review, decisions, programme, versions, comments and outcomes"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from core import guards

revision = "0010_agenda"
down_revision = "0009_targets"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
SOME = sa.text("'{}'")
TABLES = (
    *("outcome_disagreement", "outcome_assessment", "agenda_comment", "agenda_version"),
    *("review_score", "item_review", "review_criterion", "item_event", "item_overlap"),
)
WORDS = (
    *("state", "title", "problem", "deliverable", "rationale", "scope", "scope_note"),
    *("nobody_else", "origin", "challenge_code", "carried_from_id", "decision_reason"),
    *("merged_into_id", "deferred_until", "referred_to", "decided_at", "decided_by"),
)
GUARDS = (
    guards.Guard(
        "agenda_item",
        "guard_decided_item",
        WORDS,
        "OLD.decided_at IS NOT NULL AND NEW.decided_at IS NOT NULL",
    ),
    guards.Guard("item_event", "guard_item_event"),
    guards.Guard(
        "evidence", "guard_evidence", ("item_id", "run_id", "table_name", "row_key", "figures")
    ),
    guards.Guard("item_review", "guard_item_review"),
    guards.Guard("review_score", "guard_review_score"),
    guards.Guard("agenda_version", "guard_agenda_version"),
    guards.Guard("outcome_assessment", "guard_outcome_assessment"),
    guards.Guard("outcome_disagreement", "guard_outcome_disagreement"),
)
STATES = ("candidate", "in_review", "adopted", "merged", "deferred", "referred", "rejected")
EVIDENCE = ("ranking", "topic", "theme", "summary", "contribution", "minute")
RULES = {
    "decided_has_its_time": "(state IN ('candidate', 'in_review')) = (decided_at IS NULL)",
    "decided_has_its_reason": "decided_at IS NULL "
    "OR (decided_by IS NOT NULL AND CAST(decision_reason AS VARCHAR) <> '{}')",
    "merged_names_its_item": "(state = 'merged') = (merged_into_id IS NOT NULL)",
    "merged_into_another": "merged_into_id <> id",
    "deferred_has_its_date": "(state = 'deferred') = (deferred_until IS NOT NULL)",
    "referred_names_whom": "(state = 'referred') = (referred_to <> '')",
    "placed_in_full": "(track_id IS NULL) = (slot IS NULL) AND (track_id IS NULL) = (minutes IS NULL)",
    "only_adopted_are_placed": "track_id IS NULL OR state = 'adopted'",
    "slot_is_real": "minutes > 0 AND slot > 0",
}
CHANNELS = ("survey", "dialogue", "import")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def upgrade() -> None:
    make_tables()
    change_items()
    change_evidence(
        EVIDENCE,
        "(kind IN ('contribution', 'minute')) = (contribution_id IS NOT NULL)",
        "(kind IN ('contribution', 'minute')) = (run_id IS NULL)",
    )
    change_channels(
        (*CHANNELS, "comment"), "channel IN ('dialogue', 'comment') OR round_id IS NOT NULL"
    )
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in guards.statements(guard, dialect):
            op.execute(statement)


def change_items() -> None:
    """New words and places of items; a draft is a candidate from now on."""
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.drop_constraint(op.f("ck_agenda_item_item_state"), type_="check")
        batch_op.drop_constraint(op.f("ck_agenda_item_decided_has_its_time"), type_="check")
        for name in ("problem", "deliverable", "scope_note"):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default=SOME))
        batch_op.add_column(sa.Column("scope", Text(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("nobody_else", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("origin", Text(length=32), nullable=False, server_default="committee")
        )
        batch_op.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        for name, length in (("lead", 200), ("created_by", 26), ("referred_to", 200)):
            batch_op.add_column(
                sa.Column(name, Text(length=length), nullable=False, server_default="")
            )
        batch_op.add_column(
            sa.Column("review_round", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(sa.Column("deferred_until", sa.Date(), nullable=True))
        for name in ("merged_into_id", "track_id", "slot", "minutes"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
    op.execute("UPDATE agenda_item SET state = 'candidate' WHERE state = 'draft'")
    op.execute("UPDATE agenda_item SET origin = 'challenge' WHERE challenge_code IS NOT NULL")
    # Until when was not asked before: a year from the decision stands until somebody reopens it.
    later = (
        "date(decided_at, '+1 year')"
        if op.get_bind().dialect.name == "sqlite"
        else "CAST(decided_at + INTERVAL '1 year' AS DATE)"
    )
    op.execute(f"UPDATE agenda_item SET deferred_until = {later} WHERE state = 'deferred'")
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.create_check_constraint(op.f("ck_agenda_item_item_state"), one_of("state", STATES))
        batch_op.create_check_constraint(
            op.f("ck_agenda_item_item_scope"),
            one_of("scope", ("inside", "complementary", "elsewhere", "later")),
        )
        batch_op.create_check_constraint(
            op.f("ck_agenda_item_item_origin"),
            one_of(
                "origin", ("challenge", "topic", "theme", "contribution", "committee", "edition")
            ),
        )
        for name, rule in RULES.items():
            batch_op.create_check_constraint(op.f(f"ck_agenda_item_{name}"), rule)
        for name in ("carried_from_id", "merged_into_id", "track_id"):
            batch_op.create_index(op.f(f"ix_agenda_item_{name}"), [name])
        batch_op.create_unique_constraint("uq_agenda_item_slot", ["track_id", "slot"])
        for name, table, ondelete in (
            ("track_id", "agenda_track", "RESTRICT"),
            ("carried_from_id", "agenda_item", "SET NULL"),
            ("merged_into_id", "agenda_item", "CASCADE"),
        ):
            batch_op.create_foreign_key(
                op.f(f"fk_agenda_item_{name}_{table}"), table, [name], ["id"], ondelete=ondelete
            )


def change_evidence(kinds: tuple[str, ...], contribution: str, figures: str) -> None:
    names = ("evidence_kind", "contribution_evidence_names_it", "figures_name_their_run")
    with op.batch_alter_table("evidence") as batch_op:
        for name in names:
            batch_op.drop_constraint(op.f(f"ck_evidence_{name}"), type_="check")
        rules = (one_of("kind", kinds), contribution, figures)
        for name, rule in zip(names, rules, strict=True):
            batch_op.create_check_constraint(op.f(f"ck_evidence_{name}"), rule)


def change_channels(channels: tuple[str, ...], rule: str) -> None:
    with op.batch_alter_table(
        "contribution", table_kwargs={"sqlite_with_rowid": False}
    ) as batch_op:
        batch_op.drop_constraint(op.f("ck_contribution_channel"), type_="check")
        batch_op.drop_constraint(op.f("ck_contribution_survey_text_has_its_round"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_contribution_channel"), one_of("channel", channels)
        )
        batch_op.create_check_constraint(op.f("ck_contribution_survey_text_has_its_round"), rule)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in guards.removal(guard, dialect):
            op.execute(statement)
    op.execute(
        "DELETE FROM evidence WHERE contribution_id IN (SELECT id FROM contribution WHERE channel = 'comment')"
    )
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM contribution WHERE channel = 'comment'")
    change_channels(CHANNELS, "channel = 'dialogue' OR round_id IS NOT NULL")
    op.execute("UPDATE evidence SET kind = 'contribution' WHERE kind = 'minute'")
    op.execute("UPDATE evidence SET kind = 'topic' WHERE kind = 'theme'")
    change_evidence(
        ("ranking", "topic", "summary", "contribution"),
        "(kind = 'contribution') = (contribution_id IS NOT NULL)",
        "(kind = 'contribution') = (run_id IS NULL)",
    )
    with op.batch_alter_table("agenda_item") as batch_op:
        for name in ("item_state", "item_scope", "item_origin", *RULES):
            batch_op.drop_constraint(op.f(f"ck_agenda_item_{name}"), type_="check")
        batch_op.drop_constraint("uq_agenda_item_slot", type_="unique")
        for name, table in (
            ("track_id", "agenda_track"),
            ("carried_from_id", "agenda_item"),
            ("merged_into_id", "agenda_item"),
        ):
            batch_op.drop_constraint(op.f(f"fk_agenda_item_{name}_{table}"), type_="foreignkey")
            batch_op.drop_index(op.f(f"ix_agenda_item_{name}"))
    op.execute("UPDATE agenda_item SET state = 'draft' WHERE state IN ('candidate', 'in_review')")
    op.execute("UPDATE agenda_item SET state = 'rejected' WHERE state IN ('merged', 'referred')")
    with op.batch_alter_table("agenda_item") as batch_op:
        for name in (
            *("problem", "deliverable", "scope", "scope_note", "nobody_else", "origin"),
            *("carried_from_id", "lead", "review_round", "created_by", "merged_into_id"),
            *("deferred_until", "referred_to", "track_id", "slot", "minutes"),
        ):
            batch_op.drop_column(name)
        batch_op.create_check_constraint(
            op.f("ck_agenda_item_item_state"),
            one_of("state", ("draft", "adopted", "deferred", "rejected")),
        )
        batch_op.create_check_constraint(
            op.f("ck_agenda_item_decided_has_its_time"),
            "(state = 'draft') = (decided_at IS NULL)",
        )
    op.drop_table("agenda_track")


def make_tables() -> None:
    op.create_table(
        "agenda_track",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("room", Text(length=100), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes > 0 AND slots > 0", name=op.f("ck_agenda_track_track_has_room")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_agenda_track_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_track")),
        sa.UniqueConstraint("consultation_id", "position", name="uq_agenda_track_position"),
        sa.UniqueConstraint("public_id", name=op.f("uq_agenda_track_public_id")),
    )
    op.create_index(
        op.f("ix_agenda_track_consultation_id"), "agenda_track", ["consultation_id"], unique=False
    )
    op.create_table(
        "agenda_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", choice("version_kind", "draft", "adopted"), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("content_hash", Text(length=64), nullable=False),
        sa.Column("comments_close_at", Moment(), nullable=True),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("published_by", Text(length=26), nullable=False),
        sa.CheckConstraint(
            "kind = 'draft' OR comments_close_at IS NULL",
            name=op.f("ck_agenda_version_adopted_is_closed"),
        ),
        sa.CheckConstraint(
            "comments_close_at > published_at", name=op.f("ck_agenda_version_window_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_agenda_version_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_version")),
        sa.UniqueConstraint("consultation_id", "number", name="uq_agenda_version_number"),
        sa.UniqueConstraint("public_id", name=op.f("uq_agenda_version_public_id")),
    )
    op.create_index(
        op.f("ix_agenda_version_consultation_id"),
        "agenda_version",
        ["consultation_id"],
        unique=False,
    )
    op.create_index(
        "uq_agenda_version_adopted",
        "agenda_version",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'adopted'"),
        postgresql_where=sa.text("kind = 'adopted'"),
    )
    op.create_table(
        "review_criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("code", Text(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("low", sa.JSON(), nullable=False),
        sa.Column("high", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_review_criterion_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_criterion")),
        sa.UniqueConstraint("consultation_id", "code", name="uq_review_criterion_code"),
    )
    op.create_index(
        op.f("ix_review_criterion_consultation_id"),
        "review_criterion",
        ["consultation_id"],
        unique=False,
    )
    op.create_table(
        "agenda_comment",
        sa.Column("id", Text(length=26), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", choice("comment_state", "waiting", "accepted", "refused"), nullable=False
        ),
        sa.Column(
            "refusal",
            choice(
                "comment_refusal", "personal_data", "insult", "advertising", "off_topic", "repeated"
            ),
            nullable=True,
        ),
        sa.Column("text", Text(length=2000), nullable=False),
        sa.Column("language", Text(length=16), nullable=False),
        sa.Column("region", Text(length=64), nullable=True),
        sa.Column("sector", Text(length=64), nullable=True),
        sa.Column("contribution_id", Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("moderated_by", Text(length=26), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (contribution_id IS NOT NULL)",
            name=op.f("ck_agenda_comment_accepted_is_contribution"),
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (text = '')",
            name=op.f("ck_agenda_comment_words_stand_in_one_place"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal IS NOT NULL)",
            name=op.f("ck_agenda_comment_refused_has_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (moderated_by IS NULL)",
            name=op.f("ck_agenda_comment_a_person_moderates"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_agenda_comment_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
            name=op.f("fk_agenda_comment_item_id_agenda_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["agenda_version.id"],
            name=op.f("fk_agenda_comment_version_id_agenda_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_agenda_comment_contribution_id"),
        "agenda_comment",
        ["contribution_id"],
        unique=False,
    )
    op.create_index(op.f("ix_agenda_comment_item_id"), "agenda_comment", ["item_id"], unique=False)
    op.create_index(
        op.f("ix_agenda_comment_version_id"), "agenda_comment", ["version_id"], unique=False
    )
    op.create_table(
        "item_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            choice("event_kind", "proposed", "review_started", "taken_back", "decided", "reopened"),
            nullable=False,
        ),
        sa.Column(
            "state",
            choice(
                "event_state",
                "candidate",
                "in_review",
                "adopted",
                "merged",
                "deferred",
                "referred",
                "rejected",
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("seal", Text(length=64), nullable=True),
        sa.Column("actor", Text(length=26), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'decided') = (seal IS NOT NULL)", name=op.f("ck_item_event_decision_is_sealed")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('decided', 'reopened', 'taken_back') OR CAST(reason AS VARCHAR) <> '{}'",
            name=op.f("ck_item_event_a_turn_has_its_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
            name=op.f("fk_item_event_item_id_agenda_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_event_public_id")),
    )
    op.create_index(op.f("ix_item_event_item_id"), "item_event", ["item_id"], unique=False)
    op.create_table(
        "item_overlap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            choice(
                "overlap_body",
                "g7",
                "g20",
                "oecd",
                "un",
                "unesco",
                "council_of_europe",
                "eu",
                "safety_network",
                "standards",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("name", Text(length=200), nullable=False),
        sa.Column("complements", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "CAST(complements AS VARCHAR) <> '{}'", name=op.f("ck_item_overlap_overlap_says_how")
        ),
        sa.CheckConstraint(
            "body <> 'other' OR name <> ''", name=op.f("ck_item_overlap_other_has_its_name")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
            name=op.f("fk_item_overlap_item_id_agenda_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_overlap")),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_overlap_public_id")),
    )
    op.create_index(op.f("ix_item_overlap_item_id"), "item_overlap", ["item_id"], unique=False)
    op.create_table(
        "item_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("review_round", sa.Integer(), nullable=False),
        sa.Column("judge", Text(length=26), nullable=False),
        sa.Column("is_recused", sa.Boolean(), nullable=False),
        sa.Column("recusal_reason", Text(length=500), nullable=False),
        sa.Column("comment", Text(length=2000), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "is_recused = (recusal_reason <> '')",
            name=op.f("ck_item_review_recusal_has_its_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
            name=op.f("fk_item_review_item_id_agenda_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_review")),
        sa.UniqueConstraint("item_id", "review_round", "judge", name="uq_item_review_judge"),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_review_public_id")),
    )
    op.create_index(op.f("ix_item_review_item_id"), "item_review", ["item_id"], unique=False)
    op.create_table(
        "outcome_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("source", choice("outcome_source", "self_report", "independent"), nullable=False),
        sa.Column(
            "verdict",
            choice("outcome_verdict", "delivered", "partly", "not_delivered", "dropped"),
            nullable=False,
        ),
        sa.Column("assessor", Text(length=200), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", Text(length=26), nullable=False),
        sa.CheckConstraint(
            "CAST(statement AS VARCHAR) <> '{}'",
            name=op.f("ck_outcome_assessment_verdict_has_its_grounds"),
        ),
        sa.CheckConstraint("assessor <> ''", name=op.f("ck_outcome_assessment_assessor_is_named")),
        sa.CheckConstraint(
            "source = 'self_report' OR verdict = 'dropped' OR CAST(links AS VARCHAR) <> '[]'",
            name=op.f("ck_outcome_assessment_independent_has_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
            name=op.f("fk_outcome_assessment_item_id_agenda_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_assessment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outcome_assessment_public_id")),
    )
    op.create_index(
        op.f("ix_outcome_assessment_item_id"), "outcome_assessment", ["item_id"], unique=False
    )
    op.create_table(
        "outcome_disagreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("organisation", Text(length=200), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", Text(length=26), nullable=False),
        sa.CheckConstraint(
            "CAST(statement AS VARCHAR) <> '{}'",
            name=op.f("ck_outcome_disagreement_disagreement_has_its_grounds"),
        ),
        sa.CheckConstraint(
            "organisation <> ''", name=op.f("ck_outcome_disagreement_organisation_is_named")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["outcome_assessment.id"],
            name=op.f("fk_outcome_disagreement_assessment_id_outcome_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_disagreement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outcome_disagreement_public_id")),
    )
    op.create_index(
        op.f("ix_outcome_disagreement_assessment_id"),
        "outcome_disagreement",
        ["assessment_id"],
        unique=False,
    )
    op.create_table(
        "review_score",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "score BETWEEN 1 AND 5", name=op.f("ck_review_score_score_on_the_scale")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["review_criterion.id"],
            name=op.f("fk_review_score_criterion_id_review_criterion"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["item_review.id"],
            name=op.f("fk_review_score_review_id_item_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_review_score")),
    )
