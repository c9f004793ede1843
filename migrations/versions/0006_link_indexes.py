"""A private link is found without reading the table"""

from alembic import op

revision = "0006_link_indexes"
down_revision = "0005_editing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_submission_answer_hash", "submission", ["answer_hash"])
    op.create_index("ix_invitation_invite_hash", "invitation", ["invite_hash"])


def downgrade() -> None:
    op.drop_index("ix_invitation_invite_hash", "invitation")
    op.drop_index("ix_submission_answer_hash", "submission")
