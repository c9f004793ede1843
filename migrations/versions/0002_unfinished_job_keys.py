"""One unfinished job for a key"""

import sqlalchemy as sa
from alembic import op

revision = "3ae161b5068a"
down_revision = "af587155a9ed"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_constraint("uq_job_key", type_="unique")
    op.create_index(
        "uq_job_key_unfinished",
        "job",
        ["key"],
        unique=True,
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )


def downgrade() -> None:
    op.drop_index("uq_job_key_unfinished", "job")
    op.execute("UPDATE job SET key = NULL WHERE state NOT IN ('queued', 'running')")
    with op.batch_alter_table("job") as batch_op:
        batch_op.create_unique_constraint("uq_job_key", ["key"])
