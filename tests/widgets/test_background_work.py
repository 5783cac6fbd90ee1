"""Work beside the messages of a screen."""

import asyncio
import gc
import warnings
import weakref

import pytest
from textual.app import App, ComposeResult
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed

from proximity_tui.widgets.background_work import in_background, in_turn
from tests.support.timing.until import until


async def test_what_is_cancelled_before_it_began_leaves_no_coroutine_behind() -> None:
    app, ran = App[None](), []

    async def work() -> None:
        ran.append(1)

    async with app.run_test() as pilot:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(2):
                in_background(app, work, exclusive=True)
            await until(pilot, lambda: ran and not len(app.workers))
    assert (ran, told) == ([1], [])


async def test_what_is_asked_for_again_and_again_ends_all_the_same_and_runs_once_more_after_that() -> None:
    app, may_end, begun, ended = App[None](), asyncio.Event(), [], []

    async def work() -> None:
        begun.append(1)
        await may_end.wait()
        ended.append(1)

    async with app.run_test() as pilot:
        for _ in range(5):
            in_turn(app, work, group="read")
            await pilot.pause()
        assert (len(begun), len(ended)) == (1, 0)
        may_end.set()
        await until(pilot, lambda: not len(app.workers))
        assert (len(begun), len(ended)) == (2, 2)
        in_turn(app, work, group="read")
        await until(pilot, lambda: len(ended) == 3)


async def test_a_turn_that_is_cancelled_before_it_began_is_taken_when_it_is_asked_for_again() -> None:
    app, ran = App[None](), list[str]()

    async def work() -> None:
        ran.append("work")

    async def other() -> None:
        ran.append("other")

    async with app.run_test() as pilot:
        screen = Screen[None]()
        await app.push_screen(screen)
        in_turn(screen, work, group="read")
        app.workers.cancel_node(screen)
        in_turn(screen, other, group="read")
        await until(pilot, lambda: not len(app.workers))
        assert ran[-1:] == ["other"], "what was asked for while the first was being cancelled"
        in_turn(screen, work, group="read")
        app.workers.cancel_node(screen)
        await until(pilot, lambda: not len(app.workers))
        ran.clear()
        in_turn(screen, work, group="read")
        await until(pilot, lambda: not len(app.workers))
        assert ran == ["work"]


async def test_a_screen_that_closed_before_its_turn_began_is_let_go() -> None:
    app = App[None]()

    class Page(Screen[None]):
        async def read(self) -> None:
            """Read nothing."""

    async with app.run_test() as pilot:
        page = Page()
        await app.push_screen(page)
        in_turn(page, page.read, group="read")
        app.workers.cancel_node(page)
        await app.pop_screen()
        await until(pilot, lambda: not len(app.workers))
        kept = weakref.ref(page)
        del page

        def is_gone() -> bool:
            gc.collect()
            return kept() is None

        await until(pilot, is_gone)


class Part(Widget):
    def __init__(self, leaves: asyncio.Event) -> None:
        super().__init__()
        self.leaves = leaves

    async def on_unmount(self) -> None:
        """Be removed as late as the test wants."""
        await self.leaves.wait()


class Parts(Screen[None]):
    """A screen of which one part goes at once when it is closed, and one as late as the test wants."""

    def __init__(self, last: asyncio.Event) -> None:
        super().__init__()
        self.last = last

    def compose(self) -> ComposeResult:
        first = asyncio.Event()
        first.set()
        yield Part(first)
        yield Part(self.last)


async def test_an_answer_for_what_is_being_removed_is_no_error() -> None:
    app, last = App[None](), asyncio.Event()
    async with app.run_test() as pilot:
        screen = Parts(last)
        await app.push_screen(screen)
        missed: list[NoMatches] = []

        async def work() -> None:
            while len(screen.children) > 1:
                await asyncio.sleep(0)
            try:
                screen.query_one("#gone")
            except NoMatches as gone:
                missed.append(gone)
                raise
            finally:
                last.set()

        in_background(screen, work)
        app.pop_screen()
        await until(pilot, lambda: missed and not len(app.workers))


async def test_what_is_not_found_on_a_screen_that_stays_is_an_error() -> None:
    app = App[None]()

    async def work() -> None:
        app.screen.query_one("#missing")

    async def shown() -> None:
        async with app.run_test() as pilot:
            in_background(app.screen, work)
            await until(pilot, lambda: not len(app.workers))

    with pytest.raises(WorkerFailed, match="missing"):
        await shown()
