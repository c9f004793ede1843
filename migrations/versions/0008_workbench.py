"""The analyst's workbench: codebook, coders, audit sample, log of edits; translations"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0008_workbench'
down_revision = '0007_coder_role'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('codebook',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_codebook_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_codebook')),
    sa.UniqueConstraint('consultation_id', name=op.f('uq_codebook_consultation_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_codebook_public_id'))
    )
    op.create_table('audit_sample',
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('n_population', sa.Integer(), nullable=False),
    sa.Column('drawn_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('drawn_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_audit_sample_codebook_id_codebook'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('codebook_id', name=op.f('pk_audit_sample'))
    )
    op.create_table('codebook_edit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('kind', sa.Enum('add', 'change', 'state', 'merge', 'split', 'move', 'topic', 'adjudicate', 'import', 'scope', 'undo', name='edit_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_codebook_edit_codebook_id_codebook'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['undoes_id'], ['codebook_edit.id'], name=op.f('fk_codebook_edit_undoes_id_codebook_edit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_codebook_edit')),
    sa.UniqueConstraint('public_id', name=op.f('uq_codebook_edit_public_id')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_codebook_edit_undoes_id'))
    )
    with op.batch_alter_table('codebook_edit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_codebook_edit_codebook_id'), ['codebook_id'], unique=False)

    op.create_table('codebook_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('labels', sa.JSON(), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('signed_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('signed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_codebook_version_codebook_id_codebook'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_codebook_version')),
    sa.UniqueConstraint('codebook_id', 'number', name='uq_codebook_version'),
    sa.UniqueConstraint('public_id', name=op.f('uq_codebook_version_public_id'))
    )
    with op.batch_alter_table('codebook_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_codebook_version_codebook_id'), ['codebook_id'], unique=False)

    op.create_table('coder',
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('assigned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('place IN (1, 2)', name=op.f('ck_coder_two_places')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_coder_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_coder_codebook_id_codebook'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('codebook_id', 'place', name=op.f('pk_coder')),
    sa.UniqueConstraint('codebook_id', 'account_id', name='uq_coder_account')
    )
    with op.batch_alter_table('coder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coder_account_id'), ['account_id'], unique=False)

    op.create_table('machine_coding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('codes', sa.JSON(), nullable=False),
    sa.Column('ids', sa.LargeBinary(), nullable=False),
    sa.Column('probabilities', sa.LargeBinary(), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('n_labelled', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('computed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_machine_coding_codebook_id_codebook'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_machine_coding')),
    sa.UniqueConstraint('codebook_id', name=op.f('uq_machine_coding_codebook_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_machine_coding_public_id'))
    )
    op.create_table('theme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sa.Enum('area', 'theme', name='theme_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'active', 'noise', 'merged', 'dropped', name='theme_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('definition', sa.JSON(), nullable=False),
    sa.Column('inclusion', sa.JSON(), nullable=False),
    sa.Column('exclusion', sa.JSON(), nullable=False),
    sa.Column('examples', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f('ck_theme_merged_names_its_theme')),
    sa.CheckConstraint("kind = 'theme' OR parent_id IS NULL", name=op.f('ck_theme_an_area_has_no_parent')),
    sa.CheckConstraint('code = lower(code)', name=op.f('ck_theme_code_is_lower_case')),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_theme_codebook_id_codebook'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['merged_into_id'], ['theme.id'], name=op.f('fk_theme_merged_into_id_theme'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['theme.id'], name=op.f('fk_theme_parent_id_theme'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_theme')),
    sa.UniqueConstraint('codebook_id', 'code', name='uq_theme_code'),
    sa.UniqueConstraint('public_id', name=op.f('uq_theme_public_id'))
    )
    with op.batch_alter_table('theme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_theme_codebook_id'), ['codebook_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_theme_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_theme_parent_id'), ['parent_id'], unique=False)

    op.create_table('audit_member',
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('contribution_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_audit_member_codebook_id_codebook'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contribution_id'], ['contribution.id'], name=op.f('fk_audit_member_contribution_id_contribution'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('codebook_id', 'contribution_id', name=op.f('pk_audit_member')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('audit_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_member_contribution_id'), ['contribution_id'], unique=False)

    op.create_table('reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('codebook_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('contribution_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('coder', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('purpose', sa.Enum('audit', 'teach', name='purpose', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('read_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('place IN (1, 2)', name=op.f('ck_reading_two_places')),
    sa.ForeignKeyConstraint(['codebook_id'], ['codebook.id'], name=op.f('fk_reading_codebook_id_codebook'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contribution_id'], ['contribution.id'], name=op.f('fk_reading_contribution_id_contribution'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading')),
    sa.UniqueConstraint('codebook_id', 'place', 'contribution_id', name='uq_reading_place')
    )
    with op.batch_alter_table('reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reading_contribution_id'), ['contribution_id'], unique=False)

    op.create_table('ruling',
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('contribution_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('value', sa.Enum('yes', 'no', 'unsure', name='judgement', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.Enum('adjudicated', 'moved', name='ruling_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('ruled_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.CheckConstraint("value <> 'unsure'", name=op.f('ck_ruling_a_ruling_decides')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contribution.id'], name=op.f('fk_ruling_contribution_id_contribution'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_ruling_theme_id_theme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('theme_id', 'contribution_id', name=op.f('pk_ruling'))
    )
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ruling_contribution_id'), ['contribution_id'], unique=False)

    op.create_table('theme_member',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('contribution_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('is_human', sa.Boolean(), nullable=False),
    sa.Column('probability', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['contribution_id'], ['contribution.id'], name=op.f('fk_theme_member_contribution_id_contribution'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['analysis_run.id'], name=op.f('fk_theme_member_run_id_analysis_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'code', 'contribution_id', name=op.f('pk_theme_member')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('theme_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_theme_member_contribution_id'), ['contribution_id'], unique=False)

    op.create_table('topic_choice',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['analysis_run.id'], name=op.f('fk_topic_choice_run_id_analysis_run'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_topic_choice_theme_id_theme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'topic', name=op.f('pk_topic_choice'))
    )
    with op.batch_alter_table('topic_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_choice_theme_id'), ['theme_id'], unique=False)

    op.create_table('translation',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('contribution_id', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('requested_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=False),
    sa.Column('requested_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('translated_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=True),
    sa.Column('translated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("(text = '') = (translated_at IS NULL)", name=op.f('ck_translation_a_translation_has_words')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contribution.id'], name=op.f('fk_translation_contribution_id_contribution'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_translation')),
    sa.UniqueConstraint('contribution_id', 'language', name='uq_translation_language'),
    sqlite_with_rowid=False
    )
    op.create_table('theme_decision',
    sa.Column('reading_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.Enum('yes', 'no', 'unsure', name='judgement', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['reading_id'], ['reading.id'], name=op.f('fk_theme_decision_reading_id_reading'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_theme_decision_theme_id_theme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('reading_id', 'theme_id', name=op.f('pk_theme_decision'))
    )
    with op.batch_alter_table('theme_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_theme_decision_theme_id'), ['theme_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('theme_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_theme_decision_theme_id'))

    op.drop_table('theme_decision')
    op.drop_table('translation')
    with op.batch_alter_table('topic_choice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_topic_choice_theme_id'))

    op.drop_table('topic_choice')
    with op.batch_alter_table('theme_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_theme_member_contribution_id'))

    op.drop_table('theme_member')
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ruling_contribution_id'))

    op.drop_table('ruling')
    with op.batch_alter_table('reading', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reading_contribution_id'))

    op.drop_table('reading')
    with op.batch_alter_table('audit_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_member_contribution_id'))

    op.drop_table('audit_member')
    with op.batch_alter_table('theme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_theme_parent_id'))
        batch_op.drop_index(batch_op.f('ix_theme_merged_into_id'))
        batch_op.drop_index(batch_op.f('ix_theme_codebook_id'))

    op.drop_table('theme')
    op.drop_table('machine_coding')
    with op.batch_alter_table('coder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_coder_account_id'))

    op.drop_table('coder')
    with op.batch_alter_table('codebook_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_codebook_version_codebook_id'))

    op.drop_table('codebook_version')
    with op.batch_alter_table('codebook_edit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_codebook_edit_codebook_id'))

    op.drop_table('codebook_edit')
    op.drop_table('audit_sample')
    op.drop_table('codebook')
