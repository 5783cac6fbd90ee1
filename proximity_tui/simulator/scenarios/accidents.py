"""Drills: the cluster of the demo with twice as many containers, and an accident a little after the start. Times are
simulated seconds from the start; an accident without an end lasts.
"""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.simulator.faults import Fault
from proximity_tui.simulator.scenarios.scenario import Scenario, Stage
from proximity_tui.simulator.scenarios.settled import VICTIM, populate_drill
from proximity_tui.simulator.vocabulary import PRIVILEGES

Happening = Callable[[Stage], object]

_SCOPED = {"/": ["Sys.Audit"], "/nodes": ["Sys.Audit"], "/storage": PRIVILEGES, "/sdn": PRIVILEGES}


def _drill(name: str, description: str, *happenings: tuple[float, Happening]) -> Scenario:
    def prepare(stage: Stage) -> None:
        populate_drill(stage)
        for seconds, happening in happenings:
            _at(stage, seconds, happening)

    return Scenario(name, description, prepare)


def _at(stage: Stage, seconds: float, happening: Happening) -> None:
    stage.schedule(seconds, lambda world: happening(stage))


def _for_a_while(fault: Fault, seconds: float) -> Happening:
    """Return a happening that puts a fault in force, and out of force again that many seconds later."""

    def happen(stage: Stage) -> None:
        stage.faults.add(fault)
        _at(stage, seconds, lambda later: later.faults.remove(fault))

    return happen


def _lose_half(stage: Stage) -> None:
    for container in stage.world.containers()[:16]:
        stage.world.destroy_outside(container.vmid)


def _scope_to_pools(stage: Stage) -> None:
    pools = {f"/pool/{pool}": PRIVILEGES for pool in ("prod", "tools", "dev")}
    stage.set_acl(stage.token_id, {**_SCOPED, **pools})


def _lose_pool(stage: Stage) -> None:
    pools = {f"/pool/{pool}": PRIVILEGES for pool in ("tools", "dev")}
    stage.set_acl(stage.token_id, {**_SCOPED, **pools})


def _set_partition(parted: bool) -> Happening:
    def happen(stage: Stage) -> None:
        stage.world.set_quorate(not parted)
        for node in ("pve2", "pve3"):
            stage.world.set_node_online(node, not parted)

    return happen


def _flap(stage: Stage) -> None:
    """Alternate ten bad seconds and twenty good ones, for ever; a container falls over each time."""
    container = stage.world.container(VICTIM)
    if container:
        stage.world.set_status(VICTIM, "stopped" if container.status == "running" else "running")
    _for_a_while(Fault("drop"), 10)(stage)
    _at(stage, 30, _flap)


ACCIDENTS = (
    _drill(
        "rogue-destroy",
        "after 45 s somebody destroys a container on its node",
        (45, lambda s: s.world.destroy_outside(VICTIM)),
    ),
    _drill("mass-disappearance", "after 45 s sixteen containers are gone at once", (45, _lose_half)),
    _drill(
        "permission-lost",
        "after 45 s the token loses all privileges: every list is empty",
        (45, lambda s: s.set_acl(s.token_id, {})),
    ),
    _drill(
        "pool-permission-lost",
        "the token has rights on pools, and after 45 s one pool less",
        (0, _scope_to_pools),
        (45, _lose_pool),
    ),
    _drill(
        "node-offline",
        "node pve3 is off from 30 s to 450 s",
        (30, lambda s: s.world.set_node_online("pve3", False)),
        (450, lambda s: s.world.set_node_online("pve3", True)),
    ),
    _drill(
        "quorum-lost",
        "from 45 s to 165 s our node is cut off from the others",
        (45, _set_partition(True)),
        (165, _set_partition(False)),
    ),
    _drill("api-down", "from 45 s to 105 s every connection is dropped", (45, _for_a_while(Fault("drop"), 60))),
    _drill(
        "html", "from 45 s to 105 s a login page answers in place of the API", (45, _for_a_while(Fault("html"), 60))
    ),
    _drill(
        "vmid-reused",
        "after 45 s a container is replaced by another one with its VMID",
        (45, lambda s: s.world.recreate_outside(VICTIM)),
    ),
    _drill(
        "vmid-reused-by-vm",
        "after 45 s a container is replaced by a virtual machine with its VMID",
        (45, lambda s: s.world.replace_by_vm(VICTIM)),
    ),
    _drill(
        "migration",
        "a container moves from pve1 to pve2 between 30 s and 45 s",
        (30, lambda s: s.world.set_lock(VICTIM, "migrate")),
        (40, lambda s: s.world.migrate(VICTIM, "pve2")),
        (45, lambda s: s.world.set_lock(VICTIM, None)),
    ),
    _drill(
        "backup-lock",
        "a backup holds a container from 30 s to 300 s",
        (30, lambda s: s.world.set_lock(VICTIM, "backup")),
        (300, lambda s: s.world.set_lock(VICTIM, None)),
    ),
    _drill(
        "half-destroyed",
        "after 30 s a destroy dies on its last steps and leaves a stub",
        (30, lambda s: s.world.half_destroy(VICTIM)),
    ),
    _drill(
        "slow",
        "from 30 s on every answer takes four seconds",
        (30, lambda s: s.faults.latency(4.0)),
    ),
    _drill("flapping", "connections and a container come and go", (30, _flap)),
)
