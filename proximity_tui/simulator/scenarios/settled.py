"""Worlds in which nothing goes wrong: the demo, an empty cluster and a very large one."""

from __future__ import annotations

from proximity_tui.simulator.scenarios.scenario import Scenario, Stage
from proximity_tui.simulator.world.simulated_guest import GIB
from proximity_tui.simulator.world.world import World

TEMPLATE = "debian-12-standard_12.7-1_amd64.tar.zst"
VICTIM = 104
"""The container that most accidents befall. It has backups."""

_WEB, _DATA, _OPS, _DEV = "web;prod", "database;prod", "ops", "dev"
_CONTAINERS: tuple[tuple[int, str, str, int, int, int, str, str | None], ...] = (
    (101, "pve1", "web-1", 2, 2048, 16, _WEB, "prod"),
    (102, "pve2", "web-2", 2, 2048, 16, _WEB, "prod"),
    (103, "pve3", "web-3", 2, 2048, 16, _WEB, "prod"),
    (104, "pve1", "proxy", 1, 512, 4, "edge;prod", "prod"),
    (110, "pve1", "postgres-primary", 4, 8192, 120, _DATA, "prod"),
    (111, "pve2", "postgres-replica", 4, 8192, 120, _DATA, "prod"),
    (112, "pve3", "redis", 2, 4096, 12, "cache;prod", "prod"),
    (113, "pve2", "rabbitmq", 2, 2048, 20, "prod;queue", "prod"),
    (120, "pve1", "gitea", 2, 2048, 60, "git;tools", "tools"),
    (121, "pve2", "ci-runner-1", 8, 16384, 80, "ci;tools", "tools"),
    (122, "pve3", "ci-runner-2", 8, 16384, 80, "ci;tools", "tools"),
    (123, "pve3", "registry", 2, 2048, 200, "tools", "tools"),
    (130, "pve1", "dns-1", 1, 512, 4, _OPS, None),
    (131, "pve2", "dns-2", 1, 512, 4, _OPS, None),
    (132, "pve1", "prometheus", 2, 4096, 100, "monitoring;ops", None),
    (133, "pve2", "grafana", 1, 1024, 8, "monitoring;ops", None),
    (134, "pve3", "loki", 2, 4096, 150, "monitoring;ops", None),
    (135, "pve3", "mail.lab.example", 2, 2048, 40, _OPS, None),
    (140, "pve1", "nextcloud", 4, 4096, 300, "", None),
    (141, "pve3", "vaultwarden", 1, 512, 8, "", None),
    (150, "pve2", "staging-a-very-long-name-that-somebody-really-typed-in-full", 2, 2048, 16, _DEV, "dev"),
    (151, "pve1", "sandbox", 1, 1024, 8, _DEV, "dev"),
    (152, "pve3", "old-wiki", 1, 1024, 12, "", "dev"),
)

_SNAPSHOTS: tuple[tuple[int, str, str, float], ...] = (
    (103, "before-tls", "before the new certificates", 41.0),
    (103, "release-7", "release 7, tested", 12.5),
    (120, "before-upgrade", "gitea 1.21, before the upgrade to 1.22", 3.0),
    (133, "dashboards", "", 90.0),
)
"""VMID, name, note and age in days, oldest first."""

_MORE: tuple[tuple[str, str, str, str | None], ...] = (
    ("app-1", "pve1", "app;prod", "prod"),
    ("app-2", "pve2", "app;prod", "prod"),
    ("app-3", "pve3", "app;prod", "prod"),
    ("queue-worker-1", "pve1", "prod;worker", "prod"),
    ("queue-worker-2", "pve2", "prod;worker", "prod"),
    ("elastic-1", "pve1", "prod;search", "prod"),
    ("elastic-2", "pve2", "prod;search", "prod"),
    ("elastic-3", "pve3", "prod;search", "prod"),
    ("mariadb", "pve2", "database;prod", "prod"),
    ("ci-runner-3", "pve1", "ci;tools", "tools"),
    ("ci-runner-4", "pve2", "ci;tools", "tools"),
    ("artifacts", "pve3", "tools", "tools"),
    ("ntp", "pve1", "ops", None),
    ("ldap", "pve2", "ops", None),
    ("alertmanager", "pve1", "monitoring;ops", None),
    ("jump", "pve2", "ops", None),
    ("dev-anna", "pve1", "dev", "dev"),
    ("dev-bert", "pve2", "dev", "dev"),
    ("dev-carla", "pve3", "dev", "dev"),
    ("load-test", "pve3", "dev", "dev"),
)
"""The containers of a drill beside those of the demo: nobody manages them yet."""


def populate(world: World, nodes: tuple[str, ...]) -> None:
    """Add the nodes, storages and templates that every scenario has."""
    for node in nodes:
        world.add_node(node)
    world.add_storage("local", "dir", ("iso", "vztmpl", "backup", "snippets", "rootdir", "images"), path="/var/lib/vz")
    world.add_storage("local-lvm", "lvmthin", ("rootdir", "images"), size=800 * GIB)
    world.add_storage("backups", "nfs", ("backup",), size=4000 * GIB, shared=True, path="/mnt/pve/backups")
    for name in (TEMPLATE, "ubuntu-24.04-standard_24.04-2_amd64.tar.zst", "alpine-3.20-default_20240908_amd64.tar.xz"):
        world.add_template("local", name)


def populate_demo(stage: Stage) -> None:
    """Populate the cluster of the demo: three nodes, pools, and one container for each special case."""
    world = stage.world
    populate(world, ("pve1", "pve2", "pve3"))
    for name, comment in (("prod", "production"), ("tools", "what builds the rest"), ("dev", "anything goes")):
        world.add_pool(name, comment)
    _add_containers(world)
    world.set_config(110, protection=True, description="Primary.\nAsk the database people before you touch it.")
    world.set_config(110, mp0="local-lvm:vm-110-disk-1,mp=/var/lib/postgresql,size=250G", net1={"bridge": "vmbr1"})
    world.set_config(
        141, description="\u202esdrawkcab\u202c [bold]not markup[/bold] \x1b[31mred\x1b[0m caf\u00e9 \u2713"
    )
    world.set_config(140, features="nesting=1")
    world.set_lock(134, "backup")
    world.set_ha(112, "started")
    world.set_replication(111, True)
    for vmid, name, note, days in _SNAPSHOTS:
        world.add_snapshot(vmid, name, note, ago=86_400.0 * days)
    for vmid in (151, 152):
        world.set_status(vmid, "stopped")
    world.add_container(900, node="pve1", hostname="debian-12-base", template=True, cores=2, tags="template")
    world.add_backup_job(*(vmid for vmid, *_ in _CONTAINERS if vmid < 140))
    world.add_vm(200, "pve2", "windows-server")
    world.add_vm(201, "pve3", "opnsense")
    for seen in filter(None, map(world.container, (101, 110, 120))):
        for days in (1, 8):
            # As a backup job notes them: `{{guestname}}` is its usual template.
            world.add_backup(seen.vmid, storage="backups", ago=86_400.0 * days, notes=seen.hostname)


def _add_containers(world: World) -> None:
    for vmid, node, hostname, cores, memory, disk, tags, pool in _CONTAINERS:
        world.add_container(
            vmid,
            node=node,
            hostname=hostname,
            cores=cores,
            memory_mib=memory,
            disk_gib=disk,
            tags=tags,
            pool=pool,
            net=[{"ip": f"10.10.10.{vmid}/24", "gw": "10.10.10.1"}],
            uptime=3600.0 * (5 + vmid * 7 % 900),
            onboot=1,
        )


def populate_drill(stage: Stage) -> None:
    """Populate the cluster of a drill: that of the demo, and as many containers again."""
    populate_demo(stage)
    for days in (1, 2, 8):
        stage.world.add_backup(VICTIM, storage="backups", ago=86_400.0 * days, notes="proxy")
    for number, (hostname, node, tags, pool) in enumerate(_MORE):
        stage.world.add_container(
            300 + number,
            node=node,
            hostname=hostname,
            status="stopped" if tags == "dev" and number % 2 else "running",
            cores=1 + number % 4,
            memory_mib=1024 << number % 3,
            disk_gib=8 << number % 3,
            tags=tags,
            pool=pool,
            net=[{"ip": f"10.10.11.{number + 10}/24", "gw": "10.10.11.1"}],
            uptime=3600.0 * (3 + number * 31 % 700),
        )


def _empty(stage: Stage) -> None:
    populate(stage.world, ("pve1",))


def _large(stage: Stage) -> None:
    world = stage.world
    nodes = tuple(f"pve{number}" for number in range(1, 11))
    populate(world, nodes)
    world.add_pool("prod", "production")
    roles = ("web", "api", "worker", "cache", "db", "queue", "proxy", "cron")
    for number in range(5000):
        vmid, role = 1000 + number, roles[number % len(roles)]
        world.add_container(
            vmid,
            node=nodes[number % len(nodes)],
            hostname=f"{role}-{number // len(roles):04d}",
            status="stopped" if number % 17 == 0 else "running",
            cores=1 + number % 8,
            tags=(role, "prod") if number % 3 else (role,),
            pool="prod" if number % 5 == 0 else None,
            uptime=600.0 * (1 + number % 997),
        )


DEMO = Scenario("demo", "three nodes, two dozen containers, and a little of everything", populate_demo)
EMPTY = Scenario("empty", "one node without a single container", _empty)
LARGE = Scenario("large", "5,000 containers on ten nodes", _large)
