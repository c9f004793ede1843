"""Why a run left a contribution out, and the answers that people have read after all"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012_left_out"
down_revision = "0011_rounds"
branch_labels = None
depends_on = None

KIND = "ck_codebook_edit_edit_kind"
BEFORE = (
    "kind IN ('add', 'change', 'state', 'merge', 'split', 'move', 'topic', 'adjudicate', "
    "'import', 'scope', 'undo')"
)
AFTER = (
    "kind IN ('add', 'change', 'state', 'merge', 'split', 'move', 'topic', 'adjudicate', "
    "'import', 'scope', 'put_back', 'undo')"
)
KINDS = ("usable", "empty", "no_comment", "dont_know", "pointer", "too_short")


def upgrade() -> None:
    op.create_table(
        "put_back",
        sa.Column(
            "contribution_id", sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False
        ),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("put_back_by", sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_put_back_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_put_back")),
    )
    op.create_table(
        "left_out",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column(
            "contribution_id", sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="text_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind <> 'usable'", name=op.f("ck_left_out_what_is_read_is_not_left_out")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_left_out_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["analysis_run.id"],
            name=op.f("fk_left_out_run_id_analysis_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "contribution_id", name=op.f("pk_left_out")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("left_out") as batch:
        batch.create_index(batch.f("ix_left_out_contribution_id"), ["contribution_id"])
    _set_kinds(AFTER)


def downgrade() -> None:
    # What took such an edit back goes with it.
    op.execute("DELETE FROM codebook_edit WHERE kind = 'put_back'")
    _set_kinds(BEFORE)
    op.drop_table("left_out")
    op.drop_table("put_back")


def _set_kinds(rule: str) -> None:
    with op.batch_alter_table("codebook_edit") as batch:
        batch.drop_constraint(op.f(KIND), type_="check")
        batch.create_check_constraint(op.f(KIND), rule)
