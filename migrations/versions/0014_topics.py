"""The questions that topics are learned from, and further topics that an answer speaks of"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014_topics"
down_revision = "0013_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "topic_scope",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_topic_scope_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_topic_scope")),
    )
    op.create_table(
        "topic_mention",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Integer(), nullable=False),
        sa.Column(
            "contribution_id", sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False
        ),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_topic_mention_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["analysis_run.id"],
            name=op.f("fk_topic_mention_run_id_analysis_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "run_id", "topic", "contribution_id", name=op.f("pk_topic_mention")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("topic_mention") as batch:
        batch.create_index(batch.f("ix_topic_mention_contribution_id"), ["contribution_id"])


def downgrade() -> None:
    op.drop_table("topic_mention")
    op.drop_table("topic_scope")
