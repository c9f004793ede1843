"""Targets and the stopping rule are declared, then frozen; the store refuses any change"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0009_targets'
down_revision = '0008_workbench'
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TRIGGER target_insert BEFORE INSERT ON target WHEN EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id WHERE r.consultation_id = NEW.consultation_id AND r.frozen_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'targets_are_frozen'); END",
    "CREATE TRIGGER target_update BEFORE UPDATE ON target WHEN EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id WHERE r.consultation_id = OLD.consultation_id AND r.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id WHERE r.consultation_id = NEW.consultation_id AND r.frozen_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'targets_are_frozen'); END",
    "CREATE TRIGGER target_delete BEFORE DELETE ON target WHEN EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id WHERE r.consultation_id = OLD.consultation_id AND r.frozen_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'targets_are_frozen'); END",
    "CREATE TRIGGER target_registration_update BEFORE UPDATE ON target_registration WHEN OLD.frozen_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'registration_is_frozen'); END",
    "CREATE TRIGGER target_registration_delete BEFORE DELETE ON target_registration WHEN OLD.frozen_at IS NOT NULL AND EXISTS (SELECT 1 FROM consultation AS c WHERE c.id = OLD.consultation_id) BEGIN SELECT RAISE(ABORT, 'registration_is_frozen'); END",
    "CREATE TRIGGER target_registration_first_insert BEFORE INSERT ON target_registration WHEN NEW.is_before_first_round AND EXISTS (SELECT 1 FROM round AS r WHERE r.consultation_id = NEW.consultation_id AND r.state <> 'draft') BEGIN SELECT RAISE(ABORT, 'a_round_has_opened'); END",
    "CREATE TRIGGER target_registration_first_update BEFORE UPDATE ON target_registration WHEN NEW.is_before_first_round AND EXISTS (SELECT 1 FROM round AS r WHERE r.consultation_id = NEW.consultation_id AND r.state <> 'draft') BEGIN SELECT RAISE(ABORT, 'a_round_has_opened'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION guard_target() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('UPDATE', 'DELETE') THEN IF EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id WHERE r.consultation_id = OLD.consultation_id AND r.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'targets_are_frozen' USING ERRCODE = 'check_violation'; END IF; END IF;IF TG_OP IN ('INSERT', 'UPDATE') THEN IF EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id WHERE r.consultation_id = NEW.consultation_id AND r.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'targets_are_frozen' USING ERRCODE = 'check_violation'; END IF; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER guard_target BEFORE INSERT OR UPDATE OR DELETE ON target FOR EACH ROW EXECUTE FUNCTION guard_target()',
    "CREATE OR REPLACE FUNCTION guard_target_registration() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('UPDATE') THEN IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'registration_is_frozen' USING ERRCODE = 'check_violation'; END IF; END IF;IF TG_OP IN ('DELETE') THEN IF OLD.frozen_at IS NOT NULL AND EXISTS (SELECT 1 FROM consultation AS c WHERE c.id = OLD.consultation_id) THEN RAISE EXCEPTION 'registration_is_frozen' USING ERRCODE = 'check_violation'; END IF; END IF;IF TG_OP IN ('INSERT', 'UPDATE') THEN IF NEW.is_before_first_round AND EXISTS (SELECT 1 FROM round AS r WHERE r.consultation_id = NEW.consultation_id AND r.state <> 'draft') THEN RAISE EXCEPTION 'a_round_has_opened' USING ERRCODE = 'check_violation'; END IF; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER guard_target_registration BEFORE INSERT OR UPDATE OR DELETE ON target_registration FOR EACH ROW EXECUTE FUNCTION guard_target_registration()',
)


def upgrade() -> None:
    op.create_table('target_registration',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('rationale', sa.JSON(), nullable=False),
    sa.Column('stopping_rule', sa.JSON(), nullable=False),
    sa.Column('is_before_first_round', sa.Boolean(), nullable=False),
    sa.Column('frozen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('frozen_by', sqlmodel.sql.sqltypes.AutoString(length=26), nullable=True),
    sa.CheckConstraint('(frozen_at IS NULL) = (frozen_by IS NULL)', name=op.f('ck_target_registration_frozen_has_its_time_and_hand')),
    sa.CheckConstraint('frozen_at IS NOT NULL OR NOT is_before_first_round', name=op.f('ck_target_registration_only_frozen_comes_first')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_target_registration_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', name=op.f('pk_target_registration'))
    )
    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(sa.text(statement.replace(':', '\\:')))


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for event in ('insert', 'update', 'delete'):
            op.execute(f'DROP TRIGGER target_{event}')
    else:
        op.execute('DROP TRIGGER guard_target ON target')
    op.drop_table('target_registration')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION guard_target')
        op.execute('DROP FUNCTION guard_target_registration')

