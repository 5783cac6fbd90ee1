"""The triggers that stop accidents whatever program writes: what may never change or go (laws 1 and 6).

One list of rules for both databases; the texts SQLite and PostgreSQL need are made from it here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """A refusal: `event` on `table` (when `condition` holds) fails with `message`."""

    name: str
    table: str
    event: str
    message: str
    condition: str | None = None
    sqlite_only: bool = False


def _kept(table: str, word: str) -> Guard:
    return Guard(f"{table}_kept", table, "DELETE", f"{word} is never deleted")


def _unchanged(table: str, word: str) -> Guard:
    return Guard(f"{table}_unchanged", table, "UPDATE", f"{word} never changes")


def _no_replace(table: str, word: str, same: str) -> Guard:
    # INSERT OR REPLACE removes the old row without firing the delete trigger; only SQLite has it.
    condition = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
    return Guard(f"{table}_not_replaced", table, "INSERT", f"{word} never changes", condition, sqlite_only=True)


GUARDS = (
    Guard("container_kind", "container", "UPDATE OF kind", "the kind of a container never changes"),
    Guard("container_tombstone", "container", "UPDATE", "a tombstone never changes", "OLD.closed_at IS NOT NULL"),
    _kept("container", "a record"),
    _no_replace("container", "a record", "id = NEW.id"),
    _unchanged("event", "an event"),
    _kept("event", "an event"),
    _no_replace("event", "an event", "seq = NEW.seq OR hash = NEW.hash"),
    _unchanged("clinical_record", "a clinical record"),
    _kept("clinical_record", "a clinical record"),
    _no_replace("clinical_record", "a clinical record", "container_id = NEW.container_id AND revision = NEW.revision"),
    _kept("operation", "an operation"),
    _kept("operation_step", "a step of an operation"),
    _kept("port", "a port"),
    _kept("alert", "an alert"),
    _kept("change_freeze", "a freeze"),
    _kept("arming", "an arming"),
    _kept("database_mark", "a mark"),
)


def sqlite_triggers() -> dict[str, str]:
    """Name and `CREATE TRIGGER` of every guard, exactly as SQLite keeps the text."""
    return {
        guard.name: (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
            + (f" WHEN {guard.condition}" if guard.condition else "")
            + f" BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        )
        for guard in GUARDS
    }


def postgresql_names() -> frozenset[str]:
    """The names of the triggers that PostgreSQL should have."""
    return frozenset(guard.name for guard in GUARDS if not guard.sqlite_only)


POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION proximity_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END $$
"""


def postgresql_triggers() -> list[str]:
    """The statements that make (or make again) every guard; TRUNCATE is refused where DELETE is."""
    statements = [POSTGRESQL_FUNCTION]
    for guard in GUARDS:
        if guard.sqlite_only:
            continue
        head = f"CREATE OR REPLACE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
        when = f" WHEN ({guard.condition})" if guard.condition else ""
        call = f" EXECUTE FUNCTION proximity_refuse('{guard.message}')"
        statements.append(f"{head} FOR EACH ROW{when}{call}")
        if guard.event == "DELETE":
            statements.append(
                f"CREATE OR REPLACE TRIGGER {guard.name}_truncate BEFORE TRUNCATE ON {guard.table}"
                f" FOR EACH STATEMENT{call}"
            )
    return statements
