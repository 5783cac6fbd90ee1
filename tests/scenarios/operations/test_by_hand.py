"""The lines of a plan against the wire: what a person would type asks Proxmox for exactly what the program asks."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.doctrine.pct_commands.plan_lines import lines_by_hand
from proximity_tui.core.engine.operations.outcome import Done, Outcome
from proximity_tui.core.model import Action, Container, CreateRequest, Plan
from proximity_tui.core.model.actions.plan_options import DiskGrowth, RollbackOptions, SnapshotOptions
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House

_ECHO = "pct() { printf '%s\\0' pct \"$@\"; printf '\\1'; }; vzdump() { printf '%s\\0' vzdump \"$@\"; printf '\\1'; }\n"
_POSITIONS = {
    "create": ("vmid", "ostemplate"),
    "clone": ("", "newid"),
    "restore": ("vmid", "ostemplate"),
    "snapshot": ("", "snapname"),
    "resize": ("", "disk", "size"),
    "vzdump": ("vmid",),
}
_MAY_BE_LEFT_OUT = frozenset({"shutdown", "stop"})
"""Lines that a person types only if they are needed."""


def typed(plan: Plan) -> list[tuple[str, dict[str, str]]]:
    """What a bash makes of the lines of a plan: each verb with its parameters, as the API calls them."""
    script = _ECHO + "\n".join(lines_by_hand(plan))
    said = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    return [_request(command.split("\0")[:-1]) for command in said.stdout.decode().split("\1")[:-1]]


def _request(words: list[str]) -> tuple[str, dict[str, str]]:
    verb, rest = ("vzdump", words[1:]) if words[0] == "vzdump" else (words[1], words[2:])
    cut = next((place for place, word in enumerate(rest) if word.startswith("--")), len(rest))
    found = dict(zip(_POSITIONS.get(verb, ("",)), rest[:cut], strict=False))
    options = rest[cut:]
    found |= {name.removeprefix("--"): value for name, value in zip(options[::2], options[1::2], strict=True)}
    if verb == "restore":
        found["restore"] = "1"
    return verb, {name: value for name, value in found.items() if name}


def sent(simulator: Simulator) -> list[dict[str, str]]:
    """The parameters of everything that was sent."""
    return [{key: str(value) for key, value in entry.params.items()} for entry in simulator.journal.writes()]


def compare(simulator: Simulator, plan: object, execute: Callable[[Plan], Outcome]) -> Container:
    """Carry a plan out, and compare what was sent with its lines; the record afterwards."""
    assert isinstance(plan, Plan), plan
    simulator.journal.clear()
    result = execute(plan)
    assert isinstance(result, Done), result
    lines, wire = typed(plan), sent(simulator)
    while len(lines) > len(wire):
        lines.remove(next(one for one in lines if one[0] in _MAY_BE_LEFT_OUT and one[1] not in wire))
    for (verb, asked), really in zip(lines, wire, strict=True):
        # A second write needs the digest that the first one left, and no person knows that before.
        assert asked == {key: value for key, value in really.items() if verb != "resize" or key != "digest"}, verb
    assert result.container is not None
    return result.container


def test_what_a_person_would_type_is_what_the_program_asks_for(house: House, simulator: Simulator) -> None:
    engine = house.engine
    wanted: dict[str, Any] = {"bridge": "vmbr0", "tags": ("a", "b"), "swap_mib": 0, "onboot": True, "start": True}
    made = compare(simulator, engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", **wanted)), engine.create)
    copy = compare(
        simulator,
        engine.plan_clone(house.adopted(151), CloneRequest("web2", storage="local-lvm", start=True)),
        engine.clone,
    )

    def doing(act: Callable[[Plan, Container], Outcome], one: Container = made) -> Callable[[Plan], Outcome]:
        return lambda plan: act(plan, records.get(one.id))

    changed = house.plan_change(made, DiskGrowth("rootfs", "+2G"), memory="1024", description="two\nlines; $HOME")
    compare(simulator, changed, doing(engine.carry_out))
    base = SnapshotOptions("base", "it's first")
    compare(simulator, engine.plan_snapshot(records.get(made.id), base), doing(engine.carry_out))
    back = engine.plan_rollback_snapshot(records.get(made.id), RollbackOptions("base", start=True))
    compare(simulator, back, doing(engine.carry_out))
    compare(simulator, engine.plan_delete_snapshot(records.get(made.id), base), doing(engine.carry_out))
    for action in (Action.REBOOT, Action.SHUTDOWN, Action.START, Action.STOP):
        compare(simulator, engine.plan_power(records.get(made.id), action), doing(engine.carry_out))
    backup = engine.plan_backup(records.get(made.id), BackupRequest(storage="backups", note="mine", protected=True))
    compare(simulator, backup, doing(engine.carry_out))
    compare(simulator, house.plan_hard(copy, backup_first=True, backup_storage="backups"), doing(engine.delete, copy))
    restored = engine.plan_restore(records.get(copy.id), RestoreRequest(start=False))
    compare(simulator, restored, engine.restore)
