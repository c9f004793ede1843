"""Tokens of the API, and responses that a program hands in"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004_api"
down_revision = "0003_reaching"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
CHANNEL = "ck_submission_submission_channel"
BEFORE = "channel IN ('open_link', 'invitation', 'import', 'keyed_in')"
AFTER = "channel IN ('open_link', 'invitation', 'import', 'keyed_in', 'api')"


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", Text(length=26), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("name", Text(length=100), nullable=False),
        sa.Column("token_hash", Text(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "created_at < expires_at", name=op.f("ck_api_token_ends_after_its_start")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_api_token_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_api_token_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"])
    op.create_index(op.f("ix_api_token_consultation_id"), "api_token", ["consultation_id"])
    change_channels(AFTER)


def downgrade() -> None:
    op.execute("UPDATE submission SET channel = 'import' WHERE channel = 'api'")
    change_channels(BEFORE)
    op.drop_table("api_token")


def change_channels(rule: str) -> None:
    """Say anew which channels there are."""
    with op.batch_alter_table("submission", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_constraint(op.f(CHANNEL), type_="check")
        batch_op.create_check_constraint(op.f(CHANNEL), rule)
