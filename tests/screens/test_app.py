"""The App as a whole: help, palette, command line, quitting, interrupted work, and what it does when it breaks."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from typing import Any

import pytest
from textual._styles_cache import StylesCache
from textual.app import App
from textual.css.scalar import Scalar
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.events import Key
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from proximity_tui import app as app_module
from proximity_tui.app import ProximityApp
from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.model import Action, ClosedReason, Operation, OperationStatus, Plan, State, StepOutcome
from proximity_tui.core.store.journal.liveness import take_over
from proximity_tui.core.store.records import operations, records
from proximity_tui.runtime import process_memory
from proximity_tui.screens.command_line.help import HelpScreen
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.lists import entry_list, entry_row
from proximity_tui.screens.operation.interrupted import DestroyAgainDialog, InterruptedDialog
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.golden import assert_golden
from tests.screens.stage import BEFORE_THE_READ_IS_GIVEN_UP, Stage, read_again
from tests.support.timing.lived import heard_of_for_an_hour
from tests.support.timing.patient import LONGER_THAN_A_TEST
from tests.support.timing.until import said, screen_text, until


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_help_lists_the_keys_of_the_screen(stage: Stage, columns: int, lines: int) -> None:
    async with stage.shown((columns, lines)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app) and "quorate 3/3" in screen_text(pilot.app))
        await pilot.press("?")
        await until(pilot, lambda: "Keys on Fleet" in screen_text(pilot.app))
        # What lies behind it is drawn after it.
        await until(pilot, lambda: columns < 200 or "web-2" in screen_text(pilot.app))
        await assert_golden(pilot, f"help-{columns}x{lines}")
        await pilot.press("q")
        assert isinstance(pilot.app.screen, FleetScreen)


async def test_a_closed_help_leaves_nothing_behind(stage: Stage) -> None:
    async with stage.shown() as pilot:
        for _ in range(2):
            before = lines_in_memory()
            await pilot.press("?")
            await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
            await pilot.press("q")
            await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen))
        # Of the first one the styles stay, of the second nothing.
        await until(pilot, lambda: lines_in_memory() <= before)


async def test_a_screen_that_nobody_sees_wakes_nobody(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        at_first = timers()
        for key in "23456789":
            await pilot.press(key)
        await pilot.press("1", "?")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await until(pilot, lambda: timers() <= at_first)


def timers() -> int:
    """How many timers run that go off again and again."""
    return sum(one._repeat is None and one._active.is_set() for one in gc.get_objects() if isinstance(one, Timer))


def lines_in_memory() -> int:
    """How many widgets have drawn lines that something still holds."""
    gc.collect()
    return sum(type(thing) is StylesCache for thing in gc.get_objects())


class Counting(ProximityApp):
    """An App that counts at each view how much the cluster was asked before."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.context, jobs=False)
        self.requests = stage.simulator.journal.entries
        self.asked: list[int] = []

    def _view_changed(self, view: View) -> None:
        self.asked.append(len(self.requests()))
        super()._view_changed(view)


async def test_a_new_screen_has_its_styles_without_parsing_any_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed, reparse = list[int](), Stylesheet.reparse
    async with stage.shown() as pilot:
        monkeypatch.setattr(Stylesheet, "reparse", lambda self: (parsed.append(1), reparse(self)))
        await pilot.press("4")
        await until(pilot, lambda: "The jobs have not started yet." in screen_text(pilot.app))
        assert not parsed
        assert pilot.app.screen.query_one("#content").styles.height == Scalar.parse("1fr")
        await pilot.press(":", *"theme light", "enter")
        await until(pilot, lambda: parsed)


async def test_what_is_mounted_has_all_its_styles_before_it_is_shown(stage: Stage) -> None:
    def styles() -> list[object]:
        nodes = pilot.app.screen.walk_children(with_self=True)
        parts = [(node.styles.base, *node._component_styles.values()) for node in nodes]
        return [[dict(part.get_rules()) for part in some] for some in parts]

    async with stage.shown() as pilot:
        for key, sign in {"4": "The jobs have not started yet.", "?": "Keys on Jobs"}.items():
            await pilot.press(key)
            await until(pilot, lambda sign=sign: sign in screen_text(pilot.app))
            before = styles()
            pilot.app.stylesheet.update(pilot.app.screen)
            assert styles() == before


async def test_a_screen_is_styled_once_and_again_only_for_another_theme(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    styled, update = list[type[Screen[Any]]](), App.update_styles
    async with stage.shown() as pilot:

        def count(app: App[Any], node: DOMNode, animate: bool = True) -> None:
            if isinstance(node, Screen):
                styled.append(type(node))
            update(app, node, animate)

        async def go(key: str, sign: str) -> None:
            await pilot.press(key)
            await until(pilot, lambda: sign in screen_text(pilot.app))

        monkeypatch.setattr(App, "update_styles", count)
        await go("4", "The jobs have not started yet.")
        await go("?", "Keys on Jobs")
        await pilot.press("q")
        await go("1", "web-2")
        assert not styled
        before = pilot.app.screen.styles.background
        await go("4", "The jobs have not started yet.")
        await pilot.press(":", *"theme light", "enter")
        await until(pilot, lambda: pilot.app.screen.styles.background != before)
        other = pilot.app.screen.styles.background
        await go("1", "web-2")
        await until(pilot, lambda: pilot.app.screen.styles.background == other)


async def test_the_records_are_shown_before_a_cluster_is_asked(stage: Stage) -> None:
    before = len(stage.simulator.journal.entries())
    app = Counting(stage)
    async with app.run_test() as pilot:
        await until(pilot, lambda: all(look.inventory for look in app.controller.view.polls.values()) and app.asked)
        assert app.asked[0] == before
        assert len(app.requests()) > before


async def test_the_help_shows_rebound_keys(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty", extra='[keys]\nunmanaged = "z"\n')
    async with stage.shown() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "Fleet" in screen_text(pilot.app).splitlines()[-1])
        await pilot.press("z")
        await until(pilot, lambda: "Unmanaged 0" in screen_text(pilot.app))


async def test_enter_on_a_row_is_what_it_is_bound_to(set_up: Callable[..., Stage]) -> None:
    stage = set_up(extra='[keys]\nopen = "f7"\nraw = "enter"\n')
    stage.adopt(101)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "f7 open" in screen_text(pilot.app) and "web-1" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "Config of CT 101 on cluster prod" in screen_text(pilot.app))
        await pilot.press("escape", "f7")
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1)" in screen_text(pilot.app))
        await pilot.press("l")
        await until(pilot, lambda: "[tasks]" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "Config of CT 101 on cluster prod" in screen_text(pilot.app))


async def test_enter_on_a_task_shows_its_log_also_where_enter_opens_what_the_guest_became(stage: Stage) -> None:
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve3", "vzstart", "103", "root@pam", ["starting"])
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("2", "l")
        await until(pilot, lambda: "vzstart" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "Log of UPID:pve3" in screen_text(pilot.app))


async def test_enter_that_is_bound_to_nothing_here_is_answered(set_up: Callable[..., Stage]) -> None:
    stage = set_up(extra='[keys]\nopen = "f7"\n')
    stage.adopt(101)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "enter does nothing here." in screen_text(pilot.app))


async def test_the_palette_carries_a_command_out(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await pilot.press("ctrl+p", *"audit", "enter")
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))


async def test_the_palette_asks_for_the_word_that_a_command_needs(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await pilot.press("ctrl+p", *"one cluster", "enter")
        await until(pilot, lambda: ": cluster" in screen_text(pilot.app))
        await pilot.press(*"pr", "tab", "enter")
        await until(pilot, lambda: "ONLY prod" in screen_text(pilot.app))


async def test_a_command_that_is_not_understood_says_why_and_stays(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await pilot.press(":", *"flet", "enter")
        await until(
            pilot, lambda: ":flet is not a command of this screen; did you mean :fleet?" in screen_text(pilot.app)
        )
        await pilot.press("escape", ":", *"cluster mars", "enter")
        await until(pilot, lambda: "No cluster is called mars" in screen_text(pilot.app))


def test_a_field_may_ask_for_the_selection_before_the_app_has_its_first_screen(stage: Stage) -> None:
    app = ProximityApp(stage.context, jobs=False)
    assert app.screen_stack == []
    app.clear_selection()


async def test_keys_work_and_quitting_is_quick_while_a_cluster_hangs(stage: Stage) -> None:
    async with stage.shown() as pilot:
        stage.simulator.faults.hang()
        pilot.app.controller.want()  # type: ignore[attr-defined]
        await pilot.press("2")
        await until(pilot, lambda: "web-3" in screen_text(pilot.app))
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running, timeout=BEFORE_THE_READ_IS_GIVEN_UP)
    assert pilot.app.return_code == 0


async def test_ctrl_c_ends_nothing_and_says_which_key_does(set_up: Callable[..., Stage]) -> None:
    async with set_up(extra='[keys]\nquit = "f10"\n').shown((80, 24)) as pilot:
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "f10 quits" in " ".join(screen_text(pilot.app).replace("▌", "").split()))


async def test_an_interrupted_operation_is_asked_about_at_the_start_and_nothing_goes_on_unasked(stage: Stage) -> None:
    operation = interrupted(stage)
    async with stage.shown() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, InterruptedDialog))
        await until(pilot, lambda: "shutting down web-1" in screen_text(pilot.app))
        await until(pilot, lambda: "It stopped at step 1/2" in unwrapped(screen_text(pilot.app)))
        await until(pilot, lambda: "no request is recorded" in unwrapped(screen_text(pilot.app)))
        since = f"No process has worked on it since {local_time(operation.heartbeat_at)}."
        assert since in unwrapped(screen_text(pilot.app)), "no age: the dialog may stand open for hours"
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, FleetScreen), "later is the harmless answer"
        assert operations.get(operation.id).status is OperationStatus.INTERRUPTED
        await until(pilot, lambda: "INTERRUPTED shutting down 1/2" in screen_text(pilot.app))
        assert "nothing was done" not in screen_text(pilot.app), "nobody knows that of what was interrupted"
        assert stage.simulator.journal.writes() == []


@pytest.mark.parametrize(
    ("replaced", "told"),
    [(False, "CT 101 is running on pve1 now"), (True, "CT 101 is another guest now")],
)
async def test_it_is_asked_about_with_who_has_its_vmid_now(stage: Stage, replaced: bool, told: str) -> None:
    operation = interrupted(stage)
    if replaced:
        stage.world.recreate_outside(101, "payroll")
    async with stage.shown() as pilot:
        await until(pilot, lambda: told in unwrapped(screen_text(pilot.app)))
        assert operations.get(operation.id).status is OperationStatus.INTERRUPTED
        assert stage.simulator.journal.writes() == []


async def test_abandoning_ends_it_truthfully(stage: Stage) -> None:
    operation = interrupted(stage)
    async with stage.shown() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, InterruptedDialog))
        await pilot.press("right", "enter")
        await until(pilot, lambda: operations.get(operation.id).status is OperationStatus.ABANDONED)
        await read_again(pilot, lambda: "INTERRUPTED" not in screen_text(pilot.app))
        assert stage.simulator.journal.writes() == []


async def test_what_another_process_resumes_meanwhile_is_not_offered_any_more(stage: Stage) -> None:
    operation = interrupted(stage)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, InterruptedDialog))
        await until(pilot, lambda: "CT 101 is running on pve1 now" in unwrapped(screen_text(pilot.app)))
        await pilot.press("right")
        heard_of_for_an_hour(take_over(operation.id, "jump1:1:other"))
        await until(pilot, lambda: "It is no longer interrupted:" in unwrapped(screen_text(pilot.app)))
        assert pilot.app.screen.query_one("#dialog-abandon").disabled
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen))
        assert operations.get(operation.id).status is OperationStatus.OPEN


async def test_a_change_by_another_process_is_seen_without_a_look(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: "Fleet 2" in screen_text(pilot.app))
        record = records.find_active("prod", 102)
        assert record is not None
        records.close(
            record, reason=ClosedReason.FORGOTTEN, actor="anna@jump1", action=Action.SOFT_DELETE, message="forgotten"
        )
        await until(pilot, lambda: "Fleet 1" in screen_text(pilot.app))


async def test_an_operation_of_somebody_else_names_them(stage: Stage) -> None:
    heard_of_for_an_hour(begin(stage, owner="jump1:1:other"))
    async with stage.shown((160, 24)) as pilot:
        await until(pilot, lambda: "in progress by anna@jump1: shutting down 1/2" in screen_text(pilot.app))


def unwrapped(text: str) -> str:
    """What a dialog says, its lines and its frame put aside."""
    return " ".join(text.replace("│", " ").split())


def begin(stage: Stage, owner: str) -> Operation:
    """A shutdown of web-1 that some process began."""
    container = records.find_active("prod", 101)
    assert container is not None
    plan = stage.context.engine.plan_power(container, Action.SHUTDOWN)
    assert isinstance(plan, Plan)
    return operations.begin(plan, container, "anna@jump1", owner, transient=State.UPDATING, message="shutting down")


def interrupted(stage: Stage) -> Operation:
    """A shutdown of web-1 whose process, on this host, is dead."""
    return begin(stage, owner=f"{socket.gethostname()}:{2**22 - 1}:dead")


async def test_a_destroy_without_an_answer_is_sent_again_only_when_the_name_is_typed(stage: Stage) -> None:
    operation = lost_destroy(stage)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, InterruptedDialog))
        await until(pilot, lambda: "Resume sends no second destroy" in screen_text(pilot.app))
        assert "Its process is gone." in screen_text(pilot.app)
        assert said(pilot).count("it may have been carried out") == 1, "what was sent is told once"
        await pilot.press("right", "right", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DestroyAgainDialog))
        await pilot.press(*"ct-104", "enter", "enter")
        assert isinstance(pilot.app.screen, DestroyAgainDialog), "another name is no agreement"
        await pilot.press(*["backspace"] * 6, *operation.name, "space", "enter", "enter")
        assert isinstance(pilot.app.screen, DestroyAgainDialog), "nor is the name with a blank behind it"
        pilot.app.screen.query_one(Input).value = operation.name
        pilot.app.screen.query_one("#dialog-cancel").focus()
        await until(pilot, lambda: not pilot.app.screen.query(LineButton).last().disabled)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, InterruptedDialog))
        await pilot.pause()
        assert "nothing was done" not in screen_text(pilot.app), "nobody knows that of the first destroy"
        assert operations.get(operation.id).status is OperationStatus.INTERRUPTED
        await pilot.press("right", "right", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DestroyAgainDialog))
        await pilot.press(*operation.name, "enter", "enter")
        await until(pilot, lambda: stage.simulator.journal.count("DELETE") == 1)


def lost_destroy(stage: Stage) -> Operation:
    """A hard delete that died when its DELETE was about to be sent, or had just been; nobody knows."""
    vmid = stage.world.add_container(160, node="pve1", hostname="web9", status="stopped")
    seen = stage.context.clients["prod"].inspect(vmid, "pve1")
    container = stage.record("web9", vmid, fingerprint=seen.fingerprint)
    plan = stage.context.engine.plan_delete(container, Choice.HARD)
    assert isinstance(plan, Plan), plan
    owner = f"{socket.gethostname()}:{2**22 - 1}:dead"
    begun = operations.begin(plan, container, "anna@jump1", owner, transient=State.REMOVING, message="deleting")
    for seq in (1, 2):
        operations.fact(begun.id, seq, StepOutcome.SKIPPED, owner=owner)
    operations.intend(begun.id, 3, {"node": "pve1", "tasks_before": []}, owner=owner)
    return operations.get(begun.id)


@pytest.mark.parametrize("slice_", [1, 1000])
async def test_the_last_list_stays_on_the_terminal_until_the_live_one_is_whole(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    monkeypatch.setattr(app_module, "COVERED", 3600.0)
    monkeypatch.setattr(entry_list, "SLICE", slice_)
    monkeypatch.setattr(entry_row, "SLICE", slice_)
    app, listed = ProximityApp(stage.context, jobs=False), list[int]()
    app.cover()
    uncover = app.uncover

    async def noted() -> None:
        listed.append(app.screen.query_one(RowTable).count)
        await uncover()

    monkeypatch.setattr(app, "uncover", noted)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: not app.is_covered)
    assert listed[0] == 2


async def test_all_garbage_is_looked_for_only_while_nobody_is_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(process_memory, "collect_while_nobody_waits", lambda: looked.append(True))
    async with stage.shown() as pilot:
        app = pilot.app
        assert isinstance(app, ProximityApp)
        # Tests have no terminal, and what they share is not for one App to collect.
        monkeypatch.setattr(ProximityApp, "is_headless", False)
        for since, due in ((app_module.STILL, True), (-LONGER_THAN_A_TEST, False)):
            event = Key("x", "x")
            event.time -= since
            app.keys.note_input(event)
            looked.clear()
            app._pass_second()
            assert bool(looked) == due, since
        monkeypatch.undo()
