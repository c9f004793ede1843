"""Rounds: items with lineage, outcomes, feedback seen, timed transitions"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0011_rounds'
down_revision = '0010_agenda'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feedback_seen',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('answer_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('seen_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_feedback_seen_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'answer_hash', name=op.f('pk_feedback_seen')),
    sqlite_with_rowid=False
    )
    op.create_table('round_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=130), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_item_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round_item')),
    sa.UniqueConstraint('round_id', 'key', name='uq_round_item_key')
    )
    with op.batch_alter_table('round_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_round_item_round_id'), ['round_id'], unique=False)

    op.create_table('round_outcome',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('feedback', sa.JSON(), nullable=False),
    sa.Column('comparison', sa.JSON(), nullable=False),
    sa.Column('frozen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('n >= 0', name=op.f('ck_round_outcome_n_is_a_count')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_outcome_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_round_outcome'))
    )
    op.create_table('round_transition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('transition', sa.Enum('open', 'invite', 'remind', 'close', 'freeze', name='transition', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('done_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.CheckConstraint("(done_at IS NULL) = (outcome = '')", name=op.f('ck_round_transition_done_has_its_outcome')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_transition_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round_transition')),
    sa.UniqueConstraint('round_id', 'transition', 'due_at', name='uq_round_transition')
    )
    with op.batch_alter_table('round_transition', schema=None) as batch_op:
        batch_op.create_index('ix_round_transition_due', ['done_at', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_round_transition_round_id'), ['round_id'], unique=False)

    op.create_table('item_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=True),
    sa.Column('to_id', sa.Integer(), nullable=True),
    sa.Column('fate', sa.Enum('kept', 'reworded', 'merged', 'dropped', 'added', name='item_fate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint("(fate = 'added') = (from_id IS NULL)", name=op.f('ck_item_step_only_new_items_come_from_none')),
    sa.CheckConstraint("(fate = 'dropped') = (to_id IS NULL)", name=op.f('ck_item_step_only_dropped_items_go_nowhere')),
    sa.ForeignKeyConstraint(['from_id'], ['round_item.id'], name=op.f('fk_item_step_from_id_round_item'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_id'], ['round_item.id'], name=op.f('fk_item_step_to_id_round_item'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_step')),
    sa.UniqueConstraint('from_id', 'to_id', name='uq_item_step')
    )
    with op.batch_alter_table('item_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_item_step_from_id'), ['from_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_item_step_to_id'), ['to_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('item_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_step_to_id'))
        batch_op.drop_index(batch_op.f('ix_item_step_from_id'))

    op.drop_table('item_step')
    with op.batch_alter_table('round_transition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_transition_round_id'))
        batch_op.drop_index('ix_round_transition_due')

    op.drop_table('round_transition')
    op.drop_table('round_outcome')
    with op.batch_alter_table('round_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_item_round_id'))

    op.drop_table('round_item')
    op.drop_table('feedback_seen')
