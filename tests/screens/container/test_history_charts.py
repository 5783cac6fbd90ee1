"""The charts of a container's page: axes, units, an honest scale, gaps, and whose figures they are."""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.model.guests.figures import FIGURES, FigurePoint, Series
from proximity_tui.screens.container.history_charts import FiguresHistory, chart, history_lines
from proximity_tui.widgets.glyphs import ASCII, UNICODE
from tests.support.records.make import NOON, after


def texts(history: FiguresHistory | None, width: int = 120, height: int = 24) -> list[str]:
    return ["".join(text for text, _ in line) for line in history_lines(history, width, height)]


def history(**changes: object) -> FiguresHistory:
    points = tuple(
        FigurePoint(after(60 * minute - 3600), 0.2, 5e8, 1e9, 1000, 10, 0, 0, 1e9, 4e9) for minute in range(30)
    )
    columns: dict[str, list[float | None]] = {name: [None] * 60 for name in FIGURES}
    columns["cpu"] = [None] * 40 + [0.5] * 19 + [1.0]
    values: dict[str, object] = {"ours": Series(after(-3600), 60, columns), "theirs": points}
    return FiguresHistory("hour", NOON, **{**values, **changes})  # type: ignore[arg-type]


def test_a_chart_has_both_ends_of_its_scale_a_gap_and_a_zero() -> None:
    lines = ["".join(text for text, _ in line) for line in chart([0.0, None, 0.5, 1.0], 1.0, 2, "100%", UNICODE)]
    assert lines == ["        100% │   █", "           0 │▁ ██"]
    plain = ["".join(text for text, _ in line) for line in chart([0.25, 1.0], 1.0, 2, "4G", ASCII)]
    assert plain == ["          4G | #", "           0 |-#"]


def test_each_figure_has_its_unit_and_says_its_last_mean_and_highest_value() -> None:
    lines = texts(history())
    cpu = next(line for line in lines if line.startswith("cpu"))
    assert "last 100%  mean 33%  highest 100%" in cpu
    memory = lines.index(next(line for line in lines if line.startswith("memory")))
    assert "477M" in lines[memory]
    assert lines[memory + 1].startswith("        954M │"), "the limit is the end of the scale"
    assert any(line.startswith("net in") and "1.0K/s" in line for line in lines)


def test_it_says_which_cells_are_ours_which_are_proxmox_s_and_what_nobody_measured() -> None:
    lines = texts(history())
    source = next(line for line in lines if line.lstrip().startswith("source"))
    assert "─" * 30 + " " * 10 + "━" * 20 in source
    assert "━ our readings  ─ Proxmox, by VMID  blank: not measured (10m)  a cell is 1m" in lines[-1]
    assert f"{(NOON - timedelta(hours=1)).astimezone():%H:%M}" in lines[-2]


def test_one_source_is_enough_and_a_source_that_cannot_be_read_is_named() -> None:
    lines = texts(history(theirs=(), no_theirs="no answer"))
    assert "Proxmox's history cannot be read: no answer" in lines
    assert any(line.startswith("cpu") and "last 100%" in line for line in lines)
    nothing = texts(history(ours=None, theirs=()))
    assert nothing[-1] == "Proxmox has no history of the last hour."
    assert "h shows charts" in texts(None)[-1]


def test_where_the_clock_of_a_node_is_wrong_its_newest_point_is_named() -> None:
    lines = texts(history(ours=None, theirs=(FigurePoint(after(-86400), cpu=0.1),)))
    assert "Nothing was measured in the last hour." in lines
    assert f"{(NOON - timedelta(days=1)).astimezone():%Y-%m-%d %H:%M}" in lines[-1]
