"""The random sample says whether it drew answers or people"""

import sqlalchemy as sa
from alembic import op

revision = "0017_people_drawn"
down_revision = "0016_languages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unit = sa.Enum(
        "answer",
        "person",
        name="sample_unit",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    with op.batch_alter_table("audit_sample", schema=None) as batch_op:
        # What was drawn before was drawn by answer.
        batch_op.add_column(sa.Column("unit", unit, nullable=False, server_default="answer"))
    with op.batch_alter_table("audit_sample", schema=None) as batch_op:
        batch_op.alter_column("unit", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("audit_sample", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_audit_sample_sample_unit"), type_="check")
        batch_op.drop_column("unit")
