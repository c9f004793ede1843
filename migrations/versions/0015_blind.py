"""Who could see a coder's codes, and the codes that are not blind for it"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015_blind"
down_revision = "0014_topics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "codes_seen",
        sa.Column("codebook_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("coder", sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_codes_seen_two_places")),
        sa.ForeignKeyConstraint(
            ["codebook_id"],
            ["codebook.id"],
            name=op.f("fk_codes_seen_codebook_id_codebook"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("codebook_id", "place", "coder", name=op.f("pk_codes_seen")),
    )
    with op.batch_alter_table("theme_decision", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_blind", sa.Boolean(), nullable=False, server_default=sa.true())
        )


def downgrade() -> None:
    with op.batch_alter_table("theme_decision", schema=None) as batch_op:
        batch_op.drop_column("is_blind")
    op.drop_table("codes_seen")
