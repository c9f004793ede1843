"""Texts are in the language that they read in, beside the one declared"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0016_languages'
down_revision = '0015_blind'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.add_column(sa.Column('declared_language', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False, server_default='und'))
    op.execute('UPDATE contribution SET declared_language = language')
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.alter_column('declared_language', server_default=None)


def downgrade() -> None:
    op.execute('UPDATE contribution SET language = declared_language')
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.drop_column('declared_language')
