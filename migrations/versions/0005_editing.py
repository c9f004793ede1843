"""What a questionnaire said before its last changes"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005_editing"
down_revision = "0004_api"
branch_labels = None
depends_on = None

KINDS = (
    "settings",
    "add_section",
    "edit_section",
    "arrange_section",
    "delete_section",
    "add_question",
    "edit_question",
    "arrange_question",
    "rename_question",
    "delete_question",
    "translate",
    "quotas",
    "replace",
    "restore",
)


def upgrade() -> None:
    op.create_table(
        "questionnaire_state",
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("document_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="change_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name="fk_questionnaire_state_questionnaire_id_questionnaire",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name="fk_questionnaire_state_account_id_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("questionnaire_id", "number", name="pk_questionnaire_state"),
    )


def downgrade() -> None:
    op.drop_table("questionnaire_state")
