"""What the database itself refuses once targets and stopping rule are frozen.

A trigger, because a CHECK sees one row only. A consultation that is deleted as a whole takes its
frozen rows along: the triggers look whether it is still there.
"""

_FROZEN = (
    "EXISTS (SELECT 1 FROM target_registration AS r JOIN consultation AS c ON c.id = r.consultation_id"
    " WHERE r.consultation_id = {row}.consultation_id AND r.frozen_at IS NOT NULL)"
)
_STILL_THERE = "EXISTS (SELECT 1 FROM consultation AS c WHERE c.id = OLD.consultation_id)"
_ROUND_OPENED = (
    "EXISTS (SELECT 1 FROM round AS r WHERE r.consultation_id = NEW.consultation_id"
    " AND r.state <> 'draft')"
)
_OLD, _NEW = _FROZEN.format(row="OLD"), _FROZEN.format(row="NEW")
TARGETS_FROZEN = "targets_are_frozen"
REGISTRATION_FROZEN = "registration_is_frozen"
ROUND_OPENED = "a_round_has_opened"


def _sqlite(name: str, event: str, table: str, condition: str, message: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


SQLITE: dict[str, tuple[str, ...]] = {
    "target": (
        _sqlite("target_insert", "INSERT", "target", _NEW, TARGETS_FROZEN),
        _sqlite("target_update", "UPDATE", "target", f"{_OLD} OR {_NEW}", TARGETS_FROZEN),
        _sqlite("target_delete", "DELETE", "target", _OLD, TARGETS_FROZEN),
    ),
    "target_registration": (
        _sqlite(
            "target_registration_update",
            "UPDATE",
            "target_registration",
            "OLD.frozen_at IS NOT NULL",
            REGISTRATION_FROZEN,
        ),
        _sqlite(
            "target_registration_delete",
            "DELETE",
            "target_registration",
            f"OLD.frozen_at IS NOT NULL AND {_STILL_THERE}",
            REGISTRATION_FROZEN,
        ),
        *(
            _sqlite(
                f"target_registration_first_{event.lower()}",
                event,
                "target_registration",
                f"NEW.is_before_first_round AND {_ROUND_OPENED}",
                ROUND_OPENED,
            )
            for event in ("INSERT", "UPDATE")
        ),
    ),
}


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {body} IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )


def _refuse(operations: str, condition: str, message: str) -> str:
    return (
        f"IF TG_OP IN ({operations}) THEN IF {condition} THEN"
        f" RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; END IF;"
    )


def _trigger(name: str, table: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


POSTGRESQL: dict[str, tuple[str, ...]] = {
    "target": (
        _function(
            "guard_target",
            _refuse("'UPDATE', 'DELETE'", _OLD, TARGETS_FROZEN)
            + _refuse("'INSERT', 'UPDATE'", _NEW, TARGETS_FROZEN),
        ),
        _trigger("guard_target", "target"),
    ),
    "target_registration": (
        _function(
            "guard_target_registration",
            _refuse("'UPDATE'", "OLD.frozen_at IS NOT NULL", REGISTRATION_FROZEN)
            + _refuse(
                "'DELETE'", f"OLD.frozen_at IS NOT NULL AND {_STILL_THERE}", REGISTRATION_FROZEN
            )
            + _refuse(
                "'INSERT', 'UPDATE'",
                f"NEW.is_before_first_round AND {_ROUND_OPENED}",
                ROUND_OPENED,
            ),
        ),
        _trigger("guard_target_registration", "target_registration"),
    ),
}
