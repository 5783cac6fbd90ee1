"""The bar of a share: what is in use is never drawn as nothing, and what is not full never as full."""

import pytest

from proximity_tui.config.schema import Threshold
from proximity_tui.core.model import Guest, Status
from proximity_tui.screens.presentation.figure_cells import disk_bar, measured, memory_bar
from proximity_tui.widgets.glyphs import ASCII, UNICODE, bar


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0.0, "──────────"),
        (0.001, "━─────────"),
        (0.45, "━━━━──────"),
        (0.999, "━━━━━━━━━─"),
        (1.0, "━━━━━━━━━━"),
        (1.2, "━━━━━━━━━━"),
    ],
)
def test_a_bar_does_not_lie(share: float, drawn: str) -> None:
    assert bar(share, 10, UNICODE) == drawn


def test_a_bar_is_drawn_without_unicode_too() -> None:
    assert bar(0.5, 4, ASCII) == "##.."


def test_a_bar_stands_before_its_figure_where_there_is_room_and_takes_the_tone_of_the_threshold() -> None:
    guest = Guest(101, "web", "lxc", Status.RUNNING, mem=950 << 20, maxmem=1 << 30, disk=1 << 30, maxdisk=4 << 30)
    memory = memory_bar(guest, stale=False, limits=Threshold(90, 97))
    assert (memory.words(16), memory.words(9), memory.tone) == ("━━━━━─ 950M/1.0G", "950M/1.0G", "warn")
    assert memory.text == "950M/1.0G"
    assert disk_bar(guest, guest, stale=False, limits=Threshold(85, 95)).words(12) == "━─────  4.0G"


def test_what_is_not_measured_has_no_bar() -> None:
    machine = Guest(200, "windows", "qemu", Status.RUNNING, disk=0, maxdisk=4 << 30)
    assert disk_bar(machine, machine, stale=False, limits=Threshold(85, 95)).words(12) == "4.0G"
    last_seen = Guest(101, "web", "lxc", Status.RUNNING, disk=1 << 30, maxdisk=4 << 30)
    stopped = measured(last_seen, Status.STOPPED)
    assert disk_bar(last_seen, stopped, stale=False, limits=Threshold(85, 95)).words(12) == "4.0G", "stopped since"
