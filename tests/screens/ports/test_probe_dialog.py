"""The probe on the screens: its plan first, then what was met with its age, and a fact only by a further yes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta

from proximity_tui.core.model import Event
from proximity_tui.core.store import events
from proximity_tui.core.store.records import public_ports
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.ports.probe_dialog import ProbeDialog
from tests.core.store.making import raw
from tests.screens.stage import Stage
from tests.screens.support.later import later
from tests.support.timing.until import screen_text, until


def probed() -> list[Event]:
    """The events of probes."""
    return [one for one in events.list_events() if one.action == "ports-probed"]


async def test_a_container_is_probed_by_its_plan_and_an_open_port_taken_for_a_fact(
    set_up: Callable[..., Stage],
) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        stage = set_up(services=True, extra=f'[probe]\nports = [{port}, 1]\ntimeout = "20s"\nrate = 200\n')
        record = stage.adopt(101)
        async with stage.shown((120, 40)) as pilot:
            await pilot.press("P")
            await until(pilot, lambda: "probe web-1: 2 TCP connects to 127." in screen_text(pilot.app))
            assert "not probed: 10.10.10.101 (only loopback is probed" in screen_text(pilot.app)
            await pilot.press("enter")
            assert not probed(), "enter alone probes nothing"
            await pilot.press("P")
            await until(pilot, lambda: "probe web-1: 2 TCP connects to 127." in screen_text(pilot.app))
            await pilot.press("tab", "enter")
            await until(pilot, lambda: f"{port} open at 127." in screen_text(pilot.app))
            await until(pilot, lambda: "[ Reserve a public port ]" in screen_text(pilot.app))
            with later(timedelta(minutes=5)):
                await until(pilot, lambda: "observed 5m ago: " in screen_text(pilot.app))
            await pilot.press("tab", "enter")
            await until(pilot, lambda: f"leads to     {port}" in screen_text(pilot.app))
            await pilot.press("ctrl+s")
            await until(pilot, lambda: f"reserve port 8100 to port {port} of prod/101 web-1" in screen_text(pilot.app))
            await pilot.press("right", "enter")
            await until(pilot, lambda: [one.container_port for one in public_ports.registry()] == [port])
            await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen))
            await pilot.press("enter")
            await until(pilot, lambda: "observed     " in screen_text(pilot.app))
    [event] = events.list_events(container=record.id, limit=1)
    assert f":{port} open, seen " in event.evidence["observed"]


async def test_what_was_met_before_a_failure_is_not_asked_a_second_time(set_up: Callable[..., Stage]) -> None:
    with socket.socket() as closed:
        closed.bind(("0.0.0.0", 0))
        stage = set_up(services=True, extra=f'[probe]\nports = [{closed.getsockname()[1]}]\ntimeout = "20s"\n')
        first, second = stage.adopt(101), stage.adopt(102)
        raw(
            "CREATE TRIGGER unwritable BEFORE INSERT ON port_observation"
            f" WHEN NEW.container_id = {second.id} BEGIN SELECT RAISE(ABORT, 'unwritable'); END"
        )
        async with stage.shown((120, 40)) as pilot:
            pilot.app.push_screen(ProbeDialog([first.id, second.id]))
            await until(pilot, lambda: screen_text(pilot.app).count("1 TCP connect") == 2)
            await pilot.press("tab", "enter")
            await until(pilot, lambda: "unwritable" in screen_text(pilot.app))
            await until(pilot, lambda: "web-1 observed" in screen_text(pilot.app))
            await until(pilot, lambda: "[ Close ]" in screen_text(pilot.app))
            raw("DROP TRIGGER unwritable")
            await pilot.press("tab", "enter")
            await until(pilot, lambda: "web-2 observed" in screen_text(pilot.app))
            assert "unwritable" not in screen_text(pilot.app)
    assert sorted(one.container or 0 for one in probed()) == [first.id, second.id]


async def test_a_record_that_cannot_be_read_is_named_and_the_others_are_probed(set_up: Callable[..., Stage]) -> None:
    with socket.socket() as closed:
        closed.bind(("0.0.0.0", 0))
        stage = set_up(services=True, extra=f'[probe]\nports = [{closed.getsockname()[1]}]\ntimeout = "20s"\n')
        first, second = stage.adopt(101), stage.adopt(102)
        async with stage.shown((120, 40)) as pilot:
            pilot.app.push_screen(ProbeDialog([first.id, 999, second.id]))
            await until(pilot, lambda: screen_text(pilot.app).count("1 TCP connect") == 2)
            await until(pilot, lambda: "record 999 is not probed: " in screen_text(pilot.app))
            await pilot.press("tab", "enter")
            await until(pilot, lambda: "web-1 observed" in screen_text(pilot.app))
            await until(pilot, lambda: "web-2 observed" in screen_text(pilot.app))
            assert "record 999 is not probed: " in screen_text(pilot.app), "it stays in sight"
    assert sorted(one.container or 0 for one in probed()) == [first.id, second.id]


async def test_a_container_without_an_address_that_may_be_probed_says_so(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await pilot.press("P")
        await until(pilot, lambda: "web-1 cannot be probed: only loopback is probed" in screen_text(pilot.app))
        await pilot.press("tab", "enter")
        assert not probed()
