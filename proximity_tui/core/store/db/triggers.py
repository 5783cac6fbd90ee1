"""The triggers against accidents by any program: they protect the values that may never change or go (laws 1 and 6).

One list of rules for both databases; the texts for SQLite and PostgreSQL are made from it here.
"""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object


@value_object
class Trigger:
    """A trigger that refuses: `event` on `table` (when `condition` holds) fails with `message`.

    A `condition` that reads other rows is `deep`: PostgreSQL takes that only inside a function.
    """

    name: str
    table: str
    event: str
    message: str
    condition: str | None = None
    sqlite_only: bool = False
    deep: bool = False


def _kept(table: str, word: str) -> Trigger:
    return Trigger(f"{table}_kept", table, "DELETE", f"{word} is never deleted")


def _unchanged(table: str, word: str) -> Trigger:
    return Trigger(f"{table}_unchanged", table, "UPDATE", f"{word} never changes")


def _no_replace(table: str, word: str, same: str) -> Trigger:
    # INSERT OR REPLACE removes the old row without firing the delete trigger; only SQLite has it.
    condition = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
    return Trigger(f"{table}_not_replaced", table, "INSERT", f"{word} never changes", condition, sqlite_only=True)


def _differs(*columns: str) -> str:
    """Return a condition that both databases understand: one of the columns changed, also to or from NULL."""
    one = "(OLD.{0} <> NEW.{0} OR (OLD.{0} IS NULL) <> (NEW.{0} IS NULL))"
    return f"({' OR '.join(one.format(column) for column in columns)})"


_TOLD = (
    "EXISTS (SELECT 1 FROM event WHERE hash = NEW.identity_event AND container_id = NEW.id"
    " AND replace(evidence, '\"record_identity\":', '') <> evidence"
)
"""The event of that hash is about this container, and says who it is."""

_IDENTITY = (
    "UPDATE OF cluster, vmid, fingerprint, marker, identity_event",
    "the identity of a container changes only with an event that says so",
    f"{_differs('cluster', 'vmid', 'fingerprint', 'marker', 'identity_event')}"
    f" AND NOT ({_differs('identity_event')} AND {_TOLD} AND seq = (SELECT max(seq) FROM event)))",
)
_MADE = (
    "INSERT",
    "a record is made without an identity, which then comes with its event",
    "NEW.closed_at IS NULL"
    " AND (NEW.identity_event IS NOT NULL OR NEW.fingerprint IS NOT NULL OR NEW.marker IS NOT NULL)"
    f" AND NOT {_TOLD})",
)
_SCOPE = (
    "one cluster has one name",
    "NEW.renamed_to IS NULL AND EXISTS (SELECT 1 FROM cluster"
    " WHERE identity = NEW.identity AND name <> NEW.name AND renamed_to IS NULL)",
)

_SUMMED = (
    "EXISTS (SELECT 1 FROM job_run_day WHERE job = OLD.job AND cluster = OLD.cluster"
    " AND day = substr(OLD.started_at, 1, 10) AND kept > OLD.id)"
)

TRIGGERS = (
    Trigger("container_kind", "container", "UPDATE OF kind", "the kind of a container never changes"),
    Trigger("container_tombstone", "container", "UPDATE", "a tombstone never changes", "OLD.closed_at IS NOT NULL"),
    Trigger("container_identity", "container", *_IDENTITY, deep=True),
    Trigger("container_made", "container", *_MADE, deep=True),
    _kept("container", "a record"),
    _no_replace("container", "a record", "id = NEW.id"),
    _unchanged("event", "an event"),
    _kept("event", "an event"),
    _no_replace("event", "an event", "seq = NEW.seq OR hash = NEW.hash"),
    _unchanged("clinical_record", "a clinical record"),
    _kept("clinical_record", "a clinical record"),
    _no_replace("clinical_record", "a clinical record", "container_id = NEW.container_id AND revision = NEW.revision"),
    _unchanged("config_revision", "a revision"),
    _kept("config_revision", "a revision"),
    _no_replace("config_revision", "a revision", "container_id = NEW.container_id AND revision = NEW.revision"),
    _kept("operation", "an operation"),
    _kept("operation_step", "a step of an operation"),
    _kept("port", "a port"),
    _kept("alert", "an alert"),
    _kept("lint_waiver", "a waiver"),
    _kept("change_freeze", "a freeze"),
    _kept("arming", "an arming"),
    _kept("database_mark", "a mark"),
    _kept("cluster", "a cluster"),
    Trigger("cluster_named", "cluster", "INSERT", *_SCOPE, deep=True),
    Trigger("cluster_renamed", "cluster", "UPDATE OF name, identity, renamed_to", *_SCOPE, deep=True),
    Trigger(
        "job_run_kept",
        "job_run",
        "DELETE",
        "a run is deleted only when its day was summed and a later run of that day stays",
        f"OLD.finished_at IS NULL OR NOT {_SUMMED}",
        deep=True,
    ),
    _kept("job_run_day", "the sum of a day"),
    Trigger(
        "job_run_day_unchanged",
        "job_run_day",
        "UPDATE OF job, day, runs, milliseconds, outcomes, counters, kept",
        "the sum of a day never changes",
    ),
    Trigger(
        "job_run_head",
        "job_run",
        "UPDATE OF head_seq, head_hash",
        "the end of a run never changes",
        f"OLD.head_seq IS NOT NULL AND {_differs('head_seq', 'head_hash')}",
    ),
    _kept("trail_head", "the head of the trail"),
    Trigger("trail_head_grows", "trail_head", "UPDATE", "the trail only grows", "NEW.seq <= OLD.seq"),
)


def sqlite_triggers() -> dict[str, str]:
    """Return name and `CREATE TRIGGER` of every trigger, exactly as SQLite keeps the text."""
    return {
        trigger.name: (
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table}"
            + (f" WHEN {trigger.condition}" if trigger.condition else "")
            + f" BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
        )
        for trigger in TRIGGERS
    }


def postgresql_names() -> frozenset[str]:
    """Return the names of the triggers that PostgreSQL should have."""
    rows = {trigger.name for trigger in TRIGGERS if not trigger.sqlite_only}
    return frozenset(rows | {f"{trigger.name}_truncate" for trigger in TRIGGERS if trigger.event == "DELETE"})


POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION proximity_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END $$
"""


OUR_SCHEMA = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
"""The schema in which the tables of PostgreSQL are. A cast of its name would read capital letters as small ones."""

POSTGRESQL_SEEN = f"""
SELECT md5(coalesce(string_agg(one, ' ' ORDER BY one), '')) FROM (
    SELECT format('%%s %%s %%s %%s', tgname, t.oid, t.xmin, tgenabled) AS one
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND c.relnamespace = {OUR_SCHEMA}
    UNION ALL
    SELECT format('%%s %%s %%s', proname, p.oid, p.xmin) FROM pg_proc p
    WHERE left(proname, 10) = 'proximity_' AND pronamespace = {OUR_SCHEMA}
) AS seen
"""

POSTGRESQL_LEFT = f"""
SELECT to_regclass('store_change') IS NOT NULL OR EXISTS (
    SELECT 1 FROM pg_proc
    WHERE left(proname, 10) = 'proximity_' AND pronamespace = {OUR_SCHEMA}
)
"""
"""Whether anything of ours is left that is not a table with rows of ours."""


def postgresql_triggers() -> list[str]:
    """Return the statements that make (or make again) every trigger; TRUNCATE is refused where DELETE is."""
    statements = [POSTGRESQL_FUNCTION]
    for trigger in TRIGGERS:
        if trigger.sqlite_only:
            continue
        head = f"CREATE OR REPLACE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table}"
        when = f" WHEN ({trigger.condition})" if trigger.condition and not trigger.deep else ""
        function = f"proximity_{trigger.name}" if trigger.deep else "proximity_refuse"
        call = f" EXECUTE FUNCTION {{}}('{trigger.message}')"
        if trigger.deep:
            statements.append(_DEEP_FUNCTION.format(function=function, condition=trigger.condition))
        statements.append(f"{head} FOR EACH ROW{when}{call.format(function)}")
        if trigger.event == "DELETE":
            statements.append(
                f"CREATE OR REPLACE TRIGGER {trigger.name}_truncate BEFORE TRUNCATE ON {trigger.table}"
                f" FOR EACH STATEMENT{call.format('proximity_refuse')}"
            )
    return statements


_DEEP_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""
