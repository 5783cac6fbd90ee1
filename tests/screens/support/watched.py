"""A stage whose jobs are as impatient as a test: the second list follows the first after a blink."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.jobs.status import JobStatus
from proximity_tui.core.model import Actor
from proximity_tui.runtime.context import AppContext
from tests.screens.stage import Stage
from tests.support.timing.until import flowing, screen_text, until

BLINK = timedelta(seconds=0.3)


def impatient(stage: Stage, confirm_after: timedelta = BLINK) -> Stage:
    """The same stage, where an absence is proved after `confirm_after`."""
    settings = stage.context.settings
    reconciler = replace(settings.reconciler, confirm_after=confirm_after)
    stage.context = replace(stage.context, settings=replace(settings, reconciler=reconciler))
    return stage


def somebody_else(stage: Stage) -> AppContext:
    """The context of another process on the same database and clusters, by another person."""
    settings = replace(stage.context.engine.settings, actor=Actor("otto", "jump2"))
    engine = Engine(stage.context.clients, settings)
    engine.owner = "jump2:4711:abcdef01"
    pollers = {name: Poller(one.client, one.interval, one.clock) for name, one in stage.context.pollers.items()}
    return replace(stage.context, engine_of=lambda: engine, pollers=pollers, owner=engine.owner)


def jobs_of(pilot: Pilot[Any]) -> tuple[JobStatus, ...]:
    """How the jobs stand, as the screen knows it."""
    found: tuple[JobStatus, ...] = pilot.app.controller.view.jobs  # type: ignore[attr-defined]
    return found


async def first_runs(pilot: Pilot[Any]) -> None:
    """Wait until every job has run once, as the screen knows it, and none runs."""
    await until(pilot, lambda: jobs_of(pilot) and all(one.last and one.last.finished_at for one in jobs_of(pilot)))
    await until(pilot, lambda: not runs(pilot))


def runs(pilot: Pilot[Any]) -> bool:
    """Whether any job runs now, also one of which the screen has not heard yet."""
    return any(one.running_since for one in pilot.app.controller.services.status())  # type: ignore[attr-defined]


async def shows(pilot: Pilot[Any], *words: str) -> None:
    """Wait until all of it stands on the screen, as it is drawn or, where a line was broken, as it reads."""

    def stand() -> bool:
        drawn = screen_text(pilot.app)
        return all(one in drawn or one in flowing(drawn) for one in words)

    await until(pilot, stand)


async def told(pilot: Pilot[Any], *words: str) -> None:
    """Wait until a message of the corner says all of it, and take it away from what it covers."""
    await shows(pilot, *words)
    pilot.app.clear_notifications()


async def destroyed_behind_our_back(pilot: Pilot[Any], stage: Stage, *vmids: int) -> None:
    """Somebody destroys containers on their node, and the next look misses them."""
    await first_runs(pilot)
    for vmid in vmids:
        stage.world.destroy_outside(vmid)
    pilot.app.controller.want()  # type: ignore[attr-defined]
