"""A role for those who code texts and see nothing else"""

from alembic import op

revision = "0007_coder_role"
down_revision = "0006_link_indexes"
branch_labels = None
depends_on = None

NAME = "ck_role_grant_role"
BEFORE = "role IN ('organiser', 'committee', 'facilitator', 'analyst', 'researcher', 'observer')"
AFTER = (
    "role IN ('organiser', 'committee', 'facilitator', 'analyst', 'researcher', 'observer', "
    "'coder')"
)


def upgrade() -> None:
    _set_roles(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE role = 'coder'")
    _set_roles(BEFORE)


def _set_roles(rule: str) -> None:
    with op.batch_alter_table("role_grant") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), rule)
