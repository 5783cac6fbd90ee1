"""The compositor paints what Textual's own paints, and has no other line of a widget drawn."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import pytest
from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.widgets.compositor import LeanCompositor
from tests.support.timing.until import until

SIZE = Size(40, 12)


class Letters(Widget):
    """A widget full of one letter, which notes the lines of it that are drawn."""

    def __init__(self, letter: str, id: str) -> None:
        super().__init__(id=id)
        self.letter, self.drawn = letter, list[int]()

    def render_lines(self, crop: Region) -> list[Strip]:
        self.drawn.extend(crop.line_range)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f"{self.letter}{y % 10}" * self.size.width)]).crop(0, self.size.width)


class Layers(Screen[None]):
    """Widgets beside each other, one with a border, one that hides a part of others."""

    CSS = """
    Layers { layers: below above; }
    #left { width: 2fr; } #right { width: 1fr; border-left: solid red; padding: 0 1; }
    #over { layer: above; offset: 10 3; width: 12; height: 4; border: round green; }
    #last { height: 1; dock: bottom; }
    """

    def compose(self) -> ComposeResult:
        with Vertical(), Horizontal():
            yield Letters("l", "left")
            yield Letters("r", "right")
        yield Letters("o", "over")
        yield Letters("x", "last")


class Stage(BaseApp):
    def on_mount(self) -> None:
        self.push_screen(Layers())


def cells(line: Mapping[int, Strip | None], begin: int, end: int) -> list[tuple[str, object]]:
    """The characters between two columns with their styles; a blank where nothing was drawn."""
    found: list[tuple[str, object]] = [("", None)] * SIZE.width
    for x, strip in line.items():
        at = x
        for text, style, _ in strip or ():
            for character in text:
                found[at] = character, style
                at += 1
    return found[begin:end]


def painted_otherwise(compositor: Compositor, update: ChopsUpdate) -> Iterable[int]:
    """The lines of an update that Textual's own compositor would paint in another way."""
    wanted = Compositor._render_chops(compositor, SIZE.region, lambda y: True)
    for y, begin, end in update.spans:
        if cells(update.chops[y], begin, end) != cells(wanted[y], begin, end):
            yield y


@pytest.mark.parametrize("seed", range(5))
async def test_any_part_is_painted_as_textual_paints_it(seed: int) -> None:
    chance = random.Random(seed)
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Layers) and bool(app.screen.query(Letters)))
        compositor = app.screen._compositor
        assert isinstance(compositor, LeanCompositor)
        for _ in range(20):
            for _ in range(chance.randint(1, 4)):
                x, y = chance.randrange(SIZE.width), chance.randrange(SIZE.height)
                part = Region(x, y, chance.randint(1, 30), chance.randint(1, 6))
                compositor._dirty_regions.add(part.intersection(SIZE.region))
            update = compositor.render_partial_update()
            assert update is not None
            assert not list(painted_otherwise(compositor, update))
            assert compositor.render_partial_update() is None


class Stacked(Screen[None]):
    """A widget behind two that lie on neighbouring lines and begin in different columns."""

    CSS = """
    Stacked { layers: below above; }
    #behind { layer: below; }
    #upper, #lower { layer: above; width: 10; height: 1; }
    #upper { offset: 10 5; } #lower { offset: 15 5; }
    """

    def compose(self) -> ComposeResult:
        yield Alphabet("", "behind")
        yield Letters("u", "upper")
        yield Letters("w", "lower")


class Alphabet(Letters):
    """A widget of which every column shows another letter than its neighbours."""

    def render_line(self, y: int) -> Strip:
        return Strip([Segment("".join(chr(65 + x % 26) for x in range(self.size.width)))])


async def test_what_is_cut_in_other_columns_than_the_line_above_is_painted_where_it_is() -> None:
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(Stacked())
        await until(pilot, lambda: app.screen.query_one("#lower").region.x == 15)
        assert app.screen.query_one("#lower").region.y == app.screen.query_one("#upper").region.y + 1
        await pilot.pause()
        compositor = app.screen._compositor
        compositor._dirty_regions |= {Region(18, 5, 12, 2)}
        update = compositor.render_partial_update()
        assert update is not None
        assert not list(painted_otherwise(compositor, update))


async def test_of_a_widget_only_the_lines_are_drawn_that_changed_and_can_be_seen() -> None:
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Layers) and bool(app.screen.query(Letters)))
        await pilot.pause()
        compositor, letters = app.screen._compositor, {one.id: one for one in app.screen.query(Letters)}
        for one in letters.values():
            one.drawn.clear()
        compositor._dirty_regions |= {Region(0, 1, 5, 1), Region(12, 4, 3, 2), Region(0, 11, 40, 1)}
        assert compositor.render_partial_update() is not None
        assert {name: one.drawn for name, one in letters.items()} == {
            "left": [1],
            "right": [],
            "over": [1, 2],
            "last": [0],
        }


async def test_what_takes_room_lays_the_screen_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[Screen[object]] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        laid_out.append(screen)
        lay_out(screen, size, scroll)

    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Layers) and bool(app.screen.query(Letters)))
        await until(pilot, lambda: app.screen.query_one("#left").size.height == SIZE.height - 1)
        await pilot.pause()
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        app.screen.query_one("#last").styles.height = 3
        await until(pilot, lambda: app.screen.query_one("#left").size.height == SIZE.height - 3)
        await pilot.pause()
        assert laid_out.count(app.screen) == 1
        assert app.screen.query_one(Vertical).virtual_size == Size(SIZE.width, SIZE.height - 3)


async def test_what_lies_under_a_closed_screen_is_drawn_once_and_not_laid_out_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laid_out: list[Screen[object]] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        laid_out.append(screen)
        lay_out(screen, size, scroll)

    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Layers) and bool(app.screen.query(Letters)))
        await until(pilot, lambda: app.screen.query_one("#left").size.height == SIZE.height - 1)
        last = app.screen.query_one("#last", Letters)
        await app.push_screen(ModalScreen())
        await pilot.pause()
        last.drawn.clear()
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        await app.pop_screen()
        await until(pilot, lambda: bool(last.drawn))
        await pilot.pause()
        assert last.drawn == [0]
        assert app.screen not in laid_out


async def test_what_came_after_a_scroll_is_painted_although_somebody_asked_where_it_is() -> None:
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Layers) and bool(app.screen.query(Letters)))
        await pilot.pause()
        compositor, last = app.screen._compositor, app.screen.query_one("#last")
        compositor.reflow_visible(app.screen, SIZE)
        compositor.render_partial_update()
        last.styles.height = 3
        app.screen._clear_arrangement_cache()
        assert compositor.full_map[last].region.height == 3
        compositor.reflow(app.screen, SIZE)
        update = compositor.render_partial_update()
        assert update is not None, "the screen is left as it was"
        assert {y for y, _, _ in update.spans} >= {9, 10, 11}


@pytest.mark.parametrize("is_painted_before", [False, True])
async def test_what_came_after_a_scroll_is_painted_whatever_is_painted_before_it_is_laid_out(
    is_painted_before: bool,
) -> None:
    """It is seen with the early paint or once it is laid out, and told that it is shown."""
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Layers) and bool(app.screen.query(Letters)))
        await pilot.pause()
        compositor = app.screen._compositor
        compositor.reflow_visible(app.screen, SIZE)
        compositor.render_partial_update()
        came = Letters("n", "came")
        came.styles.dock, came.styles.height = "top", 1
        with app.batch_update():
            await app.screen.mount(came)
            assert came in compositor.full_map
            if is_painted_before:
                compositor.render_partial_update()
            came.drawn.clear()
            result = compositor.reflow(app.screen, SIZE)
            assert came in result.shown
            update = compositor.render_partial_update()
            assert update is not None, "the screen is left as it was"
            assert came.drawn == [0]
