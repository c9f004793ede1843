"""Waves of invitations, bounces, and responses keyed in from paper"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003_reaching"
down_revision = "0003_routing"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
CHANNEL = "ck_submission_submission_channel"
BEFORE = "channel IN ('open_link', 'invitation', 'import')"
AFTER = "channel IN ('open_link', 'invitation', 'import', 'keyed_in')"



def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "invitation_wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", choice("wave_kind", "first", "reminder"), nullable=False),
        sa.Column(
            "state",
            choice("wave_state", "draft", "planned", "sending", "sent", "cancelled", "missed"),
            nullable=False,
        ),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("intro", sa.JSON(), nullable=False),
        sa.Column("contact", Text(length=254), nullable=False),
        sa.Column("scheduled_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (scheduled_at IS NULL)",
            name=op.f("ck_invitation_wave_only_a_draft_has_no_time"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
            name=op.f("fk_invitation_wave_round_id_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_wave")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_wave_public_id")),
        sa.UniqueConstraint("round_id", "number", name="uq_invitation_wave_number"),
    )
    op.create_index(op.f("ix_invitation_wave_round_id"), "invitation_wave", ["round_id"])
    op.create_table(
        "invitation_mail",
        sa.Column("invitation_id", Text(length=26), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_invitation_mail_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["invitation_wave.id"],
            name=op.f("fk_invitation_mail_wave_id_invitation_wave"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", "wave_id", name=op.f("pk_invitation_mail")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_invitation_mail_wave_id"), "invitation_mail", ["wave_id"])
    op.create_table(
        "stakeholder_delivery",
        sa.Column("stakeholder_id", sa.Integer(), nullable=False),
        sa.Column("address", Text(length=254), nullable=False),
        sa.Column("reason", Text(length=200), nullable=False),
        sa.Column("bounced_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stakeholder_id"],
            ["stakeholder.id"],
            name=op.f("fk_stakeholder_delivery_stakeholder_id_stakeholder"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stakeholder_id", name=op.f("pk_stakeholder_delivery")),
    )
    op.add_column(
        "invitation",
        sa.Column("token_generation", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "outbox_message",
        sa.Column("unsubscribe_url", Text(length=400), server_default="", nullable=False),
    )
    change_channels(AFTER)


def downgrade() -> None:
    op.execute("UPDATE submission SET channel = 'import' WHERE channel = 'keyed_in'")
    change_channels(BEFORE)
    op.drop_column("outbox_message", "unsubscribe_url")
    op.drop_column("invitation", "token_generation")
    op.drop_table("stakeholder_delivery")
    op.drop_table("invitation_mail")
    op.drop_table("invitation_wave")


def change_channels(rule: str) -> None:
    """Say anew which channels there are."""
    with op.batch_alter_table("submission", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_constraint(op.f(CHANNEL), type_="check")
        batch_op.create_check_constraint(op.f(CHANNEL), rule)
