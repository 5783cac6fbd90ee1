"""`demo`: the screens on a simulated cluster of this process, so that anybody can try everything and break nothing.

Everything else is real: it speaks HTTPS to the simulator, with a token, a configuration and a database like any other,
in a temporary directory unless that is to be kept.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import refuse_unused
from proximity_tui.commands.base.parser import path_of
from proximity_tui.commands.base.streams import must_be_terminal
from proximity_tui.commands.log import log_setup
from proximity_tui.commands.printed import output
from proximity_tui.commands.setup.simulate import list_scenarios, world_options
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.url_values import sqlite_url
from proximity_tui.config.user_paths import absolute
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.fleet import unmanaged_rows
from proximity_tui.core.model import CreateRequest, Plan

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.simulator import Simulator

CLUSTER = "demo"
_QUIET = ("demo", "empty", "large")
"""Scenarios in which no accident is waiting; the others are drills."""

_CONFIGURATION = """\
database = {database}

[clusters.{cluster}]
url = "{url}"
token_id = "{token_id}"
token_secret = {{ file = "token" }}
fingerprint = "{fingerprint}"

[refresh]
interval = "2s"

[reconciler]
confirm_after = "15s"
"""

_CREATED = (("shop", 80, True), ("build-cache", None, False))
"""The native containers of a demo: name, port, whether it is started. Each costs its start most of a second."""

_ADOPTED = 2
_ADOPTED_FOR_A_DRILL = 22
"""A drill strikes the usual fleet somewhere: it is only seen where we look after the container it strikes."""
_PUBLISHED_TAGS = frozenset({"web", "edge", "git", "monitoring"})
"""The tags of what gets a public port in a drill."""
_DRIFTED: tuple[tuple[int, dict[str, int | str]], ...] = ((121, {"memory": 8192}), (130, {"tags": "dns;ops"}))
"""What somebody changed in a drill since we adopted it: VMID and settings."""

_DRIFTED_IN_THE_DEMO: tuple[tuple[int, dict[str, int | str]], ...] = (
    (101, {"memory": 4096, "nameserver": "10.0.0.53", "description": "moved to the new name server\n"}),
)
"""The same in the demo."""

ACCIDENT_AFTER = 60.0
"""Seconds of the simulated clock until somebody else destroys a container of the demo behind our back."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `demo`."""
    world_options(parser)
    parser.add_argument("--keep", metavar="DIR", type=path_of, help="keep the state in this directory")


def run(args: Namespace) -> int:
    """Show the screens on a simulated cluster until the person quits; return the exit code. Raises CommandEnd for a
    directory that cannot be used.
    """
    if args.list:
        refuse_unused(args, {"keep": "--keep"}, (), "demo --list")
        return list_scenarios()
    return run_with(args.scenario, args.seed, args.speed, args.keep, read_only=args.read_only)


def run_with(
    scenario: str = "demo",
    seed: int = 1,
    speed: float = 1.0,
    keep: Path | None = None,
    *,
    read_only: bool | None = None,
) -> int:
    """Run the demo with all its options; the first-run screen uses their defaults."""
    must_be_terminal()
    from proximity_tui import app

    output.note("a simulated cluster starts...")
    with _folder(keep) as folder, prepared(folder, scenario, seed, speed, read_only=read_only) as context:
        log_setup.start(folder / "log", screen=True)
        return app.run(replace(context, temporary=keep is None))


@contextmanager
def prepared(
    folder: Path, scenario: str, seed: int, speed: float, *, read_only: bool | None = None
) -> Iterator[AppContext]:
    """Open a context with a simulated cluster behind it, a few of its containers already managed."""
    from proximity_tui.commands.setup import demo_past
    from proximity_tui.config import load as config
    from proximity_tui.runtime.context import open_context
    from proximity_tui.simulator import RealClock, Simulator

    with Simulator(scenario, seed=seed, clock=RealClock(speed), services=True) as simulator:
        path = _configure(folder, simulator)
        # Nothing of the environment may lead a demo to a real database.
        settings = config.load(path, read_only=read_only, environ={})
        context = open_context(settings, simulated=True, simulator=simulator)
        try:
            if not settings.read_only:
                _prepare(context, simulator, scenario)
            with nullcontext() if settings.read_only else demo_past.past_of(context, CLUSTER, seed):
                yield context
        finally:
            context.close()


def _prepare(context: AppContext, simulator: Simulator, scenario: str) -> None:
    """Manage some containers, change what drifts, and let the accident of the demo wait for its time."""
    drill = scenario not in _QUIET
    adopted = manage_some(context, CLUSTER, drill=drill)
    for vmid, changed in _DRIFTED if drill else _DRIFTED_IN_THE_DEMO if scenario == CLUSTER else ():
        # On a fast clock the accident may have struck already.
        if simulator.world.container(vmid) is not None:
            simulator.world.set_config(vmid, **changed)
    if scenario == CLUSTER and adopted:
        simulator.schedule(ACCIDENT_AFTER, lambda world: world.destroy_outside(adopted[-1]))
    # Else what was just made has no figures for the first ten seconds that somebody looks at it.
    simulator.world.broadcast()


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield _empty(keep)
        return
    folder = Path(tempfile.mkdtemp(prefix="proximity-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> Path:
    """Return the folder, made if need be. Refuses one with content: a simulated cluster starts fresh."""
    try:
        folder = absolute(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        used = any(folder.iterdir())
    except Invalid as error:
        raise CommandEnd(Exit.USAGE, f"--keep {error}") from None
    except OSError as error:
        raise CommandEnd(Exit.USAGE, f"{folder} cannot be used: {error.strerror}") from error
    if used:
        raise CommandEnd(Exit.USAGE, f"{folder} is not empty; every demo starts fresh, so name an empty directory")
    return folder


def _configure(folder: Path, simulator: Simulator) -> Path:
    token = folder / "token"
    token.unlink(missing_ok=True)
    with open(token, "w", opener=lambda file, flags: os.open(file, flags, 0o600)) as stream:
        stream.write(simulator.token_secret)
    path = folder / "proximity-tui.toml"
    path.write_text(
        _CONFIGURATION.format(
            database=json.dumps(sqlite_url(folder / "proximity.db")),
            cluster=CLUSTER,
            url=simulator.url,
            token_id=simulator.token_id,
            fingerprint=simulator.fingerprint,
        )
    )
    return path


def manage_some(context: AppContext, cluster: str, *, drill: bool = False) -> tuple[int, ...]:
    """Create and adopt real containers by the real engine, so that the screens have content.

    Returns the VMIDs that were adopted; for a drill that is half of the fleet, and what the drill strikes.
    """
    engine, client = context.engine, context.clients[cluster]
    inventory = client.inventory()
    node = client.least_loaded_node()
    templates = client.templates(node) if node else ()
    for name, port, start in _CREATED if templates else ():
        request = CreateRequest(template=templates[0].volid, hostname=name, port=port, start=start)
        plan = engine.plan_create(cluster, request)
        if isinstance(plan, Plan):
            engine.create(plan)
    offered = [row for row in unmanaged_rows({cluster: inventory}, ()) if row.lock is None]
    adopted = []
    for row in offered[: _ADOPTED_FOR_A_DRILL if drill else _ADOPTED]:
        published = not drill or not _PUBLISHED_TAGS.isdisjoint(row.tags)
        adopt_request = AdoptionRequest(port=80 if published else None)
        adoption = engine.plan_adopt(cluster, row.vmid or 0, adopt_request)
        if isinstance(adoption, Plan) and engine.adopt(adoption, adopt_request).success:
            adopted.append(row.vmid or 0)
    return tuple(adopted)
