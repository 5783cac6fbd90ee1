"""A plan as shell lines: what root on the node would type to have the same done at Proxmox, for the day we are down.

The lines do the steps and none of the checks: no identity is compared, nothing is proved and nothing is recorded. They
hold no secret; what is not in a plan (a root password, SSH keys) is asked for, or is a file to be named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from proximity_tui.core.base.text import describe, plain
from proximity_tui.core.doctrine.observation.identity import described
from proximity_tui.core.doctrine.pct_commands.shell_line import Value, masked_settings, shell_line
from proximity_tui.core.model import Action, Compression, Plan, Status
from proximity_tui.core.model.actions.backup_change import BackupChangePlan
from proximity_tui.core.model.actions.creation_parameters import creation_parameters, restore_parameters
from proximity_tui.core.model.actions.plan import AbsenceBound, GuestBound, OperationBound, RecordBound
from proximity_tui.core.model.actions.plan_options import (
    SHUTDOWN_SECONDS,
    BackupOptions,
    ChangeOptions,
    CloneOptions,
    CreateOptions,
    DestroyOptions,
    MigrateOptions,
    RestoreOptions,
    RollbackOptions,
    SnapshotOptions,
)

NOTHING = "# nothing is changed at Proxmox"
KEYS_FILE = "PUBLIC_KEYS_FILE"
"""Stands where a person names the file with the SSH keys."""


def lines_by_hand(plan: Plan) -> tuple[str, ...]:
    """Return the lines for a plan, in their order; one that begins with `#` is for the reader. Raises UnreadablePlan
    for a plan that does not hold what its action needs.
    """
    if isinstance(plan.bound_to, OperationBound):
        why = "# an interrupted operation has no lines: look at its tasks and at the container"
        return (why,)
    lines = tuple(_LINES[plan.action](plan))
    if not lines:
        return (NOTHING,)
    # A comment ends with its line, and the name of a container comes from outside.
    return (plain(f"# as root on {_place(plan)}; {_warning(plan)}"), *lines)


def backup_change_lines(plan: BackupChangePlan) -> tuple[str, ...]:
    """Return the lines for the plan of a change of a backup, in their order, as `lines_by_hand` does."""
    given: dict[str, Value] = {}
    if plan.note is not None:
        given["notes"] = plan.note
    if plan.protected is not None:
        given["protected"] = int(plan.protected)
    request = plan.request
    path = f"/nodes/{plan.node}/storage/{request.storage}/content/{request.volume}"
    check = f"check first that it is there: pvesm list {request.storage} --vmid {plan.vmid}"
    return f"# as root on {plan.node}; {check}", shell_line("pvesh", "set", path, **given)


def _place(plan: Plan) -> str:
    return plan.carries(CloneOptions).source_node if plan.action is Action.CLONE else str(plan.node)


def _warning(plan: Plan) -> str:
    if plan.action in (Action.CREATE, Action.RESTORE):
        return f"VMID {plan.vmid} must be free"
    vmid = plan.carries(CloneOptions).source if plan.action is Action.CLONE else plan.vmid
    whose = "the source" if plan.action is Action.CLONE else plan.name
    return f"check first that CT {vmid} is {whose}: pct config {vmid}"


def _nothing(plan: Plan) -> Iterator[str]:
    yield from ()


def _power(verb: str, **options: Value) -> Callable[[Plan], Iterator[str]]:
    def line(plan: Plan) -> Iterator[str]:
        yield _pct(verb, plan.vmid, **options)

    return line


def _hard_delete(plan: Plan) -> Iterator[str]:
    bound = plan.bound_to
    if isinstance(bound, RecordBound | AbsenceBound):
        return
    options = plan.carries(DestroyOptions)
    if not (isinstance(bound, GuestBound) and bound.status is Status.STOPPED):
        yield _pct("shutdown", plan.vmid, timeout=options.shutdown_seconds, forceStop=0)
        yield f"{_pct('stop', plan.vmid)}  # only if it still runs"
    if options.backup_storage is not None:
        yield _vzdump(plan.vmid, storage=options.backup_storage, mode="stop", compress="zstd", remove=0, protected=1)
    destroying = {"force": 0, "purge": int(options.purge), "destroy-unreferenced-disks": 0}
    yield _pct("destroy", plan.vmid, **destroying)


def _create(plan: Plan) -> Iterator[str]:
    options = plan.carries(CreateOptions)
    given: dict[str, Value] = {
        "hostname": plan.name,
        "cores": options.cores,
        "memory": options.memory_mib,
        "rootfs": f"{options.storage}:{options.disk_gib}",
        "unprivileged": 1,
        "description": described(options.marker),
        **creation_parameters(options),
    }
    if options.ssh_keys:
        given["ssh-public-keys"] = KEYS_FILE
    if options.password:
        given["password"] = None
    yield _pct("create", plan.vmid, options.template, **given)
    if options.start:
        yield _pct("start", plan.vmid)


def _clone(plan: Plan) -> Iterator[str]:
    options = plan.carries(CloneOptions)
    elsewhere = plan.node if plan.node != options.source_node else None
    given: dict[str, Value] = {
        "hostname": plan.name,
        "description": described(options.marker),
        "full": int(options.full),
    }
    if elsewhere is not None:
        given["target"] = elsewhere
    if options.storage is not None:
        given["storage"] = options.storage
    yield _pct("clone", options.source, str(plan.vmid), **given)
    where = f"  # on {elsewhere}" if elsewhere is not None else ""
    if options.network is not None:
        yield f"{_pct('set', plan.vmid, **{options.network: options.network_setting})}{where}"
    if options.start:
        yield f"{_pct('start', plan.vmid)}{where}"


def _restore(plan: Plan) -> Iterator[str]:
    options = plan.carries(RestoreOptions)
    given: dict[str, Value] = {"storage": options.storage, "unprivileged": int(options.unprivileged)}
    yield _pct("restore", plan.vmid, options.backup, **given, **restore_parameters(options))
    if options.start:
        yield _pct("start", plan.vmid)


def _update(plan: Plan) -> Iterator[str]:
    options = plan.carries(ChangeOptions)
    # The digest changes with the first write.
    digest: dict[str, Value] = {} if plan.digest is None else {"digest": plan.digest}
    wanted = {one.key: one.value for one in options.changes if one.value is not None}
    settings, hidden = masked_settings(wanted)
    if hidden:
        yield f"# NOT TO BE RUN AS IT IS: secrets in {describe(hidden)} are masked; write them in first"
    removed = [one.key for one in options.changes if one.value is None]
    if removed:
        settings["delete"] = ",".join(removed)
    if settings:
        yield _pct("set", plan.vmid, **settings, **digest)
        digest = {}
    for growth in options.growth:
        yield _pct("resize", plan.vmid, growth.disk, growth.size, **digest)
        digest = {}


def _backup(plan: Plan) -> Iterator[str]:
    options = plan.carries(BackupOptions)
    more: dict[str, Value] = {}
    if options.note:
        more["notes-template"] = options.note
    if options.notify:
        more["mailto"] = ",".join(options.notify)
    yield _vzdump(
        plan.vmid,
        storage=options.storage,
        mode=options.mode.value,
        compress="0" if options.compress is Compression.NONE else options.compress.value,
        remove=0,
        protected=int(options.protected),
        **more,
    )


def _migrate(plan: Plan) -> Iterator[str]:
    options = plan.carries(MigrateOptions)
    given: dict[str, Value] = {"restart": 1} if options.restart else {}
    yield _pct("migrate", plan.vmid, options.target, **given)


def _snapshot(plan: Plan) -> Iterator[str]:
    options = plan.carries(SnapshotOptions)
    given: dict[str, Value] = {"description": options.note} if options.note else {}
    yield _pct("snapshot", plan.vmid, options.name, **given)


def _delete_snapshot(plan: Plan) -> Iterator[str]:
    yield _pct("delsnapshot", plan.vmid, plan.carries(SnapshotOptions).name)


def _rollback_snapshot(plan: Plan) -> Iterator[str]:
    options = plan.carries(RollbackOptions)
    yield _pct("rollback", plan.vmid, options.name)
    if options.start:
        yield _pct("start", plan.vmid)


_LINES: Mapping[Action, Callable[[Plan], Iterator[str]]] = {
    Action.ADOPT: _nothing,
    Action.ACCEPT_DRIFT: _nothing,
    Action.CREATE: _create,
    Action.CLONE: _clone,
    Action.SOFT_DELETE: _nothing,
    Action.HARD_DELETE: _hard_delete,
    Action.START: _power("start"),
    Action.SHUTDOWN: _power("shutdown", timeout=SHUTDOWN_SECONDS, forceStop=0),
    Action.STOP: _power("stop"),
    Action.REBOOT: _power("reboot"),
    Action.UPDATE: _update,
    Action.RESTORE: _restore,
    Action.BACKUP: _backup,
    Action.MIGRATE: _migrate,
    Action.UNREADABLE: _nothing,
    Action.SNAPSHOT: _snapshot,
    Action.DELETE_SNAPSHOT: _delete_snapshot,
    Action.ROLLBACK_SNAPSHOT: _rollback_snapshot,
}
"""Every action has its lines: one without would be a KeyError for whoever needs them most."""


def _pct(verb: str, vmid: int | None, *words: str, **options: Value) -> str:
    return shell_line("pct", verb, str(vmid), *words, **options)


def _vzdump(vmid: int | None, **options: Value) -> str:
    return shell_line("vzdump", str(vmid), **options)
