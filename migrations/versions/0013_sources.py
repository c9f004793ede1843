"""Items of a round name what they came from"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0013_sources'
down_revision = '0012_left_out'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('contribution', 'topic', 'theme', name='source_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('contribution_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=True),
    sa.Column('passage_start', sa.Integer(), nullable=True),
    sa.Column('passage_end', sa.Integer(), nullable=True),
    sa.Column('text_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('row_key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('label', sa.JSON(), nullable=False),
    sa.CheckConstraint("(kind = 'contribution') = (run_id IS NULL)", name=op.f('ck_item_source_groups_name_their_run')),
    sa.CheckConstraint("kind = 'contribution' OR contribution_id IS NULL", name=op.f('ck_item_source_groups_are_no_single_text')),
    sa.CheckConstraint("(passage_start IS NULL) = (passage_end IS NULL) AND (passage_start IS NULL) = (text_hash IS NULL) AND (passage_start IS NULL OR passage_start >= 0 AND passage_end > passage_start AND kind = 'contribution')", name=op.f('ck_item_source_passage_is_of_a_text')),
    sa.CheckConstraint('(run_id IS NULL) = (row_key IS NULL)', name=op.f('ck_item_source_runs_name_their_row')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contribution.id'], name=op.f('fk_item_source_contribution_id_contribution'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['item_id'], ['round_item.id'], name=op.f('fk_item_source_item_id_round_item'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['analysis_run.id'], name=op.f('fk_item_source_run_id_analysis_run'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_source')),
    sa.UniqueConstraint('item_id', 'contribution_id', name='uq_item_source_contribution'),
    sa.UniqueConstraint('item_id', 'run_id', 'kind', 'row_key', name='uq_item_source_group'),
    sa.UniqueConstraint('public_id', name=op.f('uq_item_source_public_id'))
    )
    with op.batch_alter_table('item_source', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_item_source_contribution_id'), ['contribution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_item_source_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_item_source_run_id'), ['run_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('item_source', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_source_run_id'))
        batch_op.drop_index(batch_op.f('ix_item_source_item_id'))
        batch_op.drop_index(batch_op.f('ix_item_source_contribution_id'))

    op.drop_table('item_source')
