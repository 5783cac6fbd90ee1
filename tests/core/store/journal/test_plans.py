"""Plans that stand in a database: as the version before wrote them, and as this one does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proximity_tui.core.model import Action, BackupMode, Compression, Fingerprint, Match, Plan, Status, StepName
from proximity_tui.core.model.actions.plan import (
    UNBOUND,
    AbsenceBound,
    AdoptionBound,
    Bound,
    DestroyBound,
    GuestBound,
    RecordBound,
    SourceBound,
)
from proximity_tui.core.model.actions.plan_options import (
    NO_OPTIONS,
    AdoptionOptions,
    BackupOptions,
    CloneOptions,
    CreateOptions,
    DestroyOptions,
    Options,
    PowerOptions,
    UnreadablePlan,
)
from proximity_tui.core.store import database
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.records import operations
from tests.core.store.making import ANNA, OWNER, a_container, a_plan

pytestmark = pytest.mark.usefixtures("opened")

PRINT = Fingerprint("lxc", frozenset({"BC:24:11:00:00:01"}), "local:vm-101", "web1", "debian", "amd64", True, "cafe")
PRINT_TEXT = (
    '{"type":"lxc","hwaddrs":["BC:24:11:00:00:01"],"rootfs":"local:vm-101","hostname":"web1","ostype":"debian",'
    '"arch":"amd64","unprivileged":true,"marker":"cafe"}'
)

RECORDED: list[tuple[Action, str, str, Bound, Options]] = [
    (Action.SOFT_DELETE, '{"version":3}', "{}", RecordBound(3), NO_OPTIONS),
    (
        Action.HARD_DELETE,
        f'{{"version":3,"status":"running","digest":"d1","identity":"same","fingerprint":{PRINT_TEXT},"node":"pve1"}}',
        '{"purge":true,"shutdown_seconds":90,"unsure_confirmed":false,"backup_storage":"vault"}',
        DestroyBound(3, Status.RUNNING, "pve1", "d1", PRINT, Match.SAME),
        DestroyOptions(True, 90, False, "vault"),
    ),
    (Action.HARD_DELETE, '{"version":3,"already_absent":true}', "{}", AbsenceBound(3), NO_OPTIONS),
    (
        Action.STOP,
        f'{{"version":3,"status":"running","node":"pve1","digest":"d1","fingerprint":{PRINT_TEXT}}}',
        '{"ha":false}',
        GuestBound(3, Status.RUNNING, "pve1", "d1", PRINT),
        PowerOptions(False),
    ),
    (
        Action.BACKUP,
        f'{{"version":3,"status":"running","node":"pve1","digest":"d1","fingerprint":{PRINT_TEXT}}}',
        '{"storage":"vault","mode":"stop","compress":"none","note":"n","protected":true,"notify":["a@b.org"]}',
        GuestBound(3, Status.RUNNING, "pve1", "d1", PRINT),
        BackupOptions("vault", BackupMode.STOP, Compression.NONE, "n", True, ("a@b.org",)),
    ),
    (
        Action.ADOPT,
        f'{{"digest":"d1","fingerprint":{PRINT_TEXT},"status":"stopped","predecessor":7}}',
        '{"port":80,"without_record":false}',
        AdoptionBound(Status.STOPPED, "d1", PRINT, 7),
        AdoptionOptions(80, False),
    ),
    (
        Action.CREATE,
        "{}",
        '{"template":"local:vztmpl/d.tar.zst","storage":"local","cores":2,"memory_mib":512,"disk_gib":4,"port":null,'
        '"start":true,"bridge":"vmbr0","marker":"cafe"}',
        UNBOUND,
        CreateOptions("local:vztmpl/d.tar.zst", "local", 2, 512, 4, "cafe", start=True, bridge="vmbr0"),
    ),
    (
        Action.CLONE,
        f'{{"source":101,"digest":"d1","fingerprint":{PRINT_TEXT}}}',
        '{"source":101,"source_record":1,"source_node":"pve1","full":true,"storage":null,"port":80,"start":false,'
        '"marker":"cafe"}',
        SourceBound(101, "d1", PRINT),
        CloneOptions(101, 1, "pve1", True, "cafe", None, 80, False),
    ),
]


@pytest.mark.parametrize(("action", "bound_to", "options", "bound", "carried"), RECORDED)
def test_a_plan_that_the_version_before_wrote_is_read_whole(
    action: Action, bound_to: str, options: str, bound: Bound, carried: Options
) -> None:
    steps = '[{"name":"release","reason":"close the record"}]'
    plan = read_back(action, f'{{"steps":{steps},"summary":"s","bound_to":{bound_to},"options":{options}}}')
    assert (plan.bound_to, plan.options) == (bound, carried)
    assert [step.name for step in plan.steps] == [StepName.RELEASE]


@pytest.mark.parametrize(("action", "bound_to", "options", "bound", "carried"), RECORDED)
def test_a_plan_is_written_under_the_keys_that_the_version_before_reads(
    action: Action, bound_to: str, options: str, bound: Bound, carried: Options
) -> None:
    operation = begun(a_plan(action, bound_to=bound, options=carried))
    [(text,)] = run_sql(database.proxy.obj, f"SELECT plan FROM operation WHERE id = {operation}")
    written = json.loads(text)
    assert written["bound_to"] == json.loads(bound_to)
    # A later version adds keys with defaults, which the version before leaves out.
    assert {**written["options"], **json.loads(options)} == written["options"]


@pytest.mark.parametrize("recorded", ["null", "[]", '{"steps":7,"options":{"template":1},"bound_to":{"status":"?"}}'])
def test_a_plan_that_cannot_be_read_is_listed_and_carries_nothing(recorded: str) -> None:
    plan = read_back(Action.CREATE, recorded)
    assert (plan.bound_to, plan.options, plan.steps) == (UNBOUND, NO_OPTIONS, ())
    with pytest.raises(UnreadablePlan):
        plan.carries(CreateOptions)


def test_what_only_a_later_version_knows_is_left_out() -> None:
    plan = read_back(Action.SOFT_DELETE, '{"options":{"later":1},"bound_to":{"version":3,"later":1}}')
    assert (plan.options, plan.bound_to) == (NO_OPTIONS, RecordBound(3))


def begun(plan: Plan) -> int:
    container = a_container()
    return operations.begin(plan, container, ANNA, OWNER, transient=None, message="begun").id


def read_back(action: Action, text: Any) -> Plan:
    """The plan of an operation whose cell holds `text`."""
    operation = begun(a_plan(action))
    with database.transaction():
        run_sql(database.proxy.obj, f"UPDATE operation SET plan = '{text}' WHERE id = {operation}")
    return operations.get(operation).plan
