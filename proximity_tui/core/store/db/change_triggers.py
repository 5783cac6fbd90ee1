"""The triggers that report which things changed, whoever writes: our processes, another program, a person by hand.

They refuse nothing (that is `triggers`). Only what a screen shows counts: no `observed_at` alone, no heartbeat, no
renewal of a lease. One list of reports for both databases; the texts for SQLite and PostgreSQL are made from it here.
"""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.database_changes import ChangeKind

TABLE = "change"
EVERYTHING = "everything"
"""The kind of the row that says: changes before this one may be missing."""


@value_object
class ReportedTable:
    """A row of `table` that is made, removed, or changed in one of `columns` reports a change of `kind` of the thing
    `ref`, an expression in which `{}` stands for the row; NULL reports nothing.
    """

    table: str
    kind: ChangeKind
    ref: str
    columns: str

    @property
    def name(self) -> str:
        """The beginning of the names of its triggers."""
        return f"report_{self.table}_{self.kind}"


_JOB = "{0}.job || '/' || {0}.cluster"
_SAFE_MODE = "coalesce({}.cluster, '')"

REPORTS = (
    ReportedTable(
        "container",
        ChangeKind.CONTAINER,
        "{}.id",
        "cluster vmid node name kind state state_since version status presence presence_reason missing_since"
        " half_destroyed_since identity_seen_at identity_due_since created_at fingerprint marker lock template tags"
        " last_error predecessor closed_at closed_reason",
    ),
    ReportedTable("port", ChangeKind.CONTAINER, "{}.container_id", "container_id public container_port released_at"),
    ReportedTable(
        "port_observation",
        ChangeKind.CONTAINER,
        "{}.container_id",
        "container_id address port outcome observed_at origin",
    ),
    ReportedTable("clinical_record", ChangeKind.CONTAINER, "{}.container_id", "container_id revision reason data"),
    ReportedTable("clinical_record", ChangeKind.DRIFT, "{}.container_id", "container_id revision data"),
    ReportedTable("drift", ChangeKind.DRIFT, "{}.container_id", "container_id revision compared_at changed"),
    ReportedTable("config_revision", ChangeKind.DRIFT, "{}.container_id", "container_id revision"),
    ReportedTable("operation", ChangeKind.CONTAINER, "{}.container_id", "container_id status"),
    ReportedTable(
        "operation",
        ChangeKind.OPERATION,
        "{}.id",
        "container_id cluster vmid name action status plan actor owner started_at finished_at error",
    ),
    ReportedTable(
        "operation_step",
        ChangeKind.OPERATION,
        "{}.operation_id",
        "operation_id seq name reason outcome task intent_at fact_at detail",
    ),
    ReportedTable(
        "alert",
        ChangeKind.ALERT,
        "{}.id",
        "severity kind cluster vmid container_id name message opened_at last_seen_at count acknowledged_at"
        " acknowledged_by acknowledged_note resolved_at resolution evidence sentry_state sentry_event_id"
        " sentry_delivered_at sentry_attempts sentry_error sentry_retry_at",
    ),
    ReportedTable(
        "notification", ChangeKind.ALERT, "{}.alert_id", "alert_id channel state attempts retry_at delivered_at error"
    ),
    ReportedTable("cluster", ChangeKind.CLUSTER, "{}.name", "name identity renamed_to"),
    ReportedTable("lease", ChangeKind.JOB, _JOB, "job cluster owner"),
    ReportedTable(
        "job_run", ChangeKind.JOB, _JOB, "job cluster started_at finished_at outcome counters reasons errors run_by"
    ),
    ReportedTable("job_pause", ChangeKind.JOB, _JOB, "job cluster paused_at paused_by reason until"),
    ReportedTable(
        "breaker",
        ChangeKind.BREAKER,
        "{}.cluster",
        "cluster opened_at message evidence approved_at approved_by approved_note dismissed_at dismissed_by"
        " dismissed_note closed_at closed_reason",
    ),
    ReportedTable(
        "change_freeze",
        ChangeKind.SAFE_MODE,
        _SAFE_MODE,
        "cluster frozen_at frozen_by reason until lifted_at lifted_by",
    ),
    ReportedTable("arming", ChangeKind.SAFE_MODE, _SAFE_MODE, "cluster person armed_at reason until"),
    ReportedTable(
        "event", ChangeKind.EVENT, "coalesce({}.container_id, 0)", "seq at actor action container_id message"
    ),
)

_NEW_NUMBER = "ON CONFLICT (kind, ref) DO UPDATE SET seq = excluded.seq"
NOTE_EVERYTHING = f"INSERT INTO {TABLE} (kind, ref) SELECT '{EVERYTHING}', '' WHERE true {_NEW_NUMBER}"
"""The statement after which everybody reads everything again."""


def sqlite_triggers() -> dict[str, str]:
    """Return name and `CREATE TRIGGER` of every report, exactly as SQLite keeps the text."""
    made = {name: text for report in REPORTS for name, text in _of_sqlite(report)}
    cut = "report_change_cut"
    return made | {cut: f"CREATE TRIGGER {cut} AFTER DELETE ON {TABLE} BEGIN {NOTE_EVERYTHING}; END"}


def _of_sqlite(report: ReportedTable) -> Iterator[tuple[str, str]]:
    old, new = report.ref.format("OLD"), report.ref.format("NEW")
    columns = report.columns.split()
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    note = "INSERT INTO {0} (kind, ref) SELECT '{1}', {2} WHERE {3} {4};"
    # An upsert, because `INSERT OR IGNORE` on the table would turn `OR REPLACE` here into `OR IGNORE`, too.
    now = note.format(TABLE, report.kind, new, f"{new} IS NOT NULL", _NEW_NUMBER)
    before = note.format(TABLE, report.kind, old, f"{old} IS NOT NULL", _NEW_NUMBER)
    moved = note.format(TABLE, report.kind, old, f"{old} IS NOT NULL AND {old} IS NOT {new}", _NEW_NUMBER)
    for event, head, body in (
        ("inserted", "INSERT", now),
        ("updated", f"UPDATE OF {', '.join(columns)}", f"{now} {moved}"),
        ("deleted", "DELETE", before),
    ):
        when = f" WHEN {differs}" if event == "updated" else ""
        name = f"{report.name}_{event}"
        yield name, f"CREATE TRIGGER {name} AFTER {head} ON {report.table}{when} BEGIN {body} END"


def postgresql_names() -> frozenset[str]:
    """Return the names of the triggers that PostgreSQL should have."""
    rows = {f"{report.name}_{event}" for report in REPORTS for event in ("changed", "updated")}
    tables = {f"report_{report.table}_begin" for report in REPORTS}
    return frozenset(rows | tables | {"report_change_cut", "report_change_truncated"})


def postgresql_triggers() -> list[str]:
    """Return the statements that make (or make again) every report."""
    statements = [_BEGIN, _CUT]
    for table in sorted({report.table for report in REPORTS}):
        columns = sorted({one for report in REPORTS if report.table == table for one in report.columns.split()})
        statements.append(
            f"CREATE OR REPLACE TRIGGER report_{table}_begin BEFORE INSERT OR DELETE OR UPDATE OF {', '.join(columns)}"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION proximity_report_begin()"
        )
    for report in REPORTS:
        columns = report.columns.split()
        differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        head = f"CREATE OR REPLACE TRIGGER {report.name}"
        tail = f" FOR EACH ROW{{}} EXECUTE FUNCTION proximity_{report.name}()"
        old, new = report.ref.format("OLD"), report.ref.format("NEW")
        statements += [
            _FUNCTION.format(name=report.name, table=TABLE, kind=report.kind, old=old, new=new, again=_NEW_NUMBER),
            f"{head}_changed AFTER INSERT OR DELETE ON {report.table}{tail.format('')}",
            f"{head}_updated AFTER UPDATE OF {', '.join(columns)} ON {report.table}{tail.format(f' WHEN ({differs})')}",
        ]
    cut = f"{{}} ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION proximity_report_cut()"
    statements.append(f"CREATE OR REPLACE TRIGGER report_change_cut AFTER {cut.format('DELETE')}")
    statements.append(f"CREATE OR REPLACE TRIGGER report_change_truncated AFTER {cut.format('TRUNCATE')}")
    return statements


# They run as the owner of the tables: whoever may change a record need not know of the table of changes.
_HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$"

_BEGIN = f"""
CREATE OR REPLACE FUNCTION proximity_report_begin() {_HEAD}
BEGIN
    -- Whoever writes by hand queues, too: the order of the numbers is then the order of the commits.
    PERFORM 1 FROM store_change WHERE xmin = pg_current_xact_id()::xid;
    IF NOT FOUND THEN
        UPDATE store_change SET changes = changes + 1;
    END IF;
    RETURN NULL;
END $$
"""

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION proximity_{{name}}() {_HEAD}
BEGIN
    INSERT INTO {{table}} (kind, ref)
    SELECT '{{kind}}', ref FROM (
        SELECT ({{old}})::text WHERE TG_OP <> 'INSERT' UNION SELECT ({{new}})::text WHERE TG_OP <> 'DELETE'
    ) AS changed (ref) WHERE ref IS NOT NULL {{again}};
    RETURN NULL;
END $$
"""

_CUT = f"""
CREATE OR REPLACE FUNCTION proximity_report_cut() {_HEAD}
BEGIN
    {NOTE_EVERYTHING};
    RETURN NULL;
END $$
"""
