"""Seeds, quotas and what counts them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003_routing"
down_revision = "3ae161b5068a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota_count",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name="fk_quota_count_round_id_round", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "code", name="pk_quota_count"),
    )
    op.add_column("submission", sa.Column("seed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("submission", sa.Column("quotas", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("submission", "quotas")
    op.drop_column("submission", "seed")
    op.drop_table("quota_count")
