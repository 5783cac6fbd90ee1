"""The history of a container as charts: our own figures, joined with those that Proxmox keeps. Pure but for `read`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import human_age, human_bytes, percent
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.joining import JoinedFigures, Source, Track, cell_seconds, join, step_of
from proximity_tui.core.model.guests.figures import CPU, DISK, MEM, FigurePoint, Series, kept_step
from proximity_tui.core.proxmox.catalogue import RrdSample, Timeframe
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.figures.history import series
from proximity_tui.screens.container.live import NOWHERE, GuestLocation, scale_of, time_axis
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.glyphs import Glyphs, glyphs

SCALE = 14
"""Cells of the scale on the left, the line beside it included."""
NARROW, WIDE = 8, 180
HIGH, LOW = 45, 30
"""Lines of a screen from which a chart has four rows, and below which it has two."""


def room_of(width: int) -> int:
    """Return the cells of a chart on a page of this width."""
    return max(NARROW, min(WIDE, width - SCALE - 4))


def rows_of(height: int) -> int:
    """Return the rows of a chart on a page of this height."""
    return 2 if height < LOW else 4 if height >= HIGH else 3


def chart(
    values: Sequence[float | None], top: float, rows: int, label: str, signs: Glyphs | None = None
) -> list[TextLine]:
    """Return `rows` lines of bars on a scale from 0 to `top`, called `label`. A gap is blank; the lowest bar stands for
    a zero, too.
    """
    found = signs or glyphs()
    steps = len(found.bars)
    heights = [None if value is None else _height(value, top, rows * steps) for value in values]
    lines: list[TextLine] = []
    for row in range(rows - 1, -1, -1):
        cells = "".join(_cell(height, row, found.bars) for height in heights)
        end = label if row == rows - 1 else "0" if row == 0 else ""
        lines.append([(f"{end:>{SCALE - 2}} {found.bar}", "dim"), (cells, "accent")])
    return lines


SPANS: dict[Timeframe, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
"""The histories that a page shows, in the order in which `h` goes through them."""

_TITLES = (
    (CPU, "cpu"),
    (MEM, "memory"),
    (DISK, "disk"),
    ("netin", "net in"),
    ("netout", "net out"),
    ("diskread", "disk read"),
    ("diskwrite", "disk written"),
)


@value_object
class FiguresHistory:
    """What is known of a container over a timeframe, as of `until`, and why one of both sources says nothing."""

    timeframe: Timeframe
    until: datetime
    ours: Series | None = None
    theirs: tuple[FigurePoint, ...] = ()
    no_ours: str | None = None
    no_theirs: str | None = None


def read_history(
    client: PveClient | None, location: GuestLocation | None, record: int | None, timeframe: Timeframe, now: datetime
) -> FiguresHistory:
    """Return the history of a guest until now; of one without a record only what Proxmox keeps. Blocks."""
    ours, no_ours = _ours(location, record, timeframe, now)
    theirs, no_theirs = _theirs(client, location, timeframe)
    return FiguresHistory(timeframe, now, ours, theirs, no_ours, no_theirs)


def _ours(
    location: GuestLocation | None, record: int | None, timeframe: Timeframe, now: datetime
) -> tuple[Series | None, str | None]:
    if record is None or location is None:
        return None, None
    step = kept_step(SPANS[timeframe])
    try:
        return series([record], [location.cluster], now - SPANS[timeframe], now, step).get(record), None
    except StoreError as error:
        return None, str(error)


def _theirs(
    client: PveClient | None, location: GuestLocation | None, timeframe: Timeframe
) -> tuple[tuple[FigurePoint, ...], str | None]:
    if location is None or client is None:
        return (), NOWHERE
    try:
        return tuple(map(_point, client.rrddata(location.node, location.vmid, timeframe))), None
    except ProxmoxError as error:
        return (), str(error)


def _point(sample: RrdSample) -> FigurePoint:
    return FigurePoint(
        sample.at,
        sample.cpu,
        sample.mem,
        sample.disk,
        sample.netin,
        sample.netout,
        sample.diskread,
        sample.diskwrite,
        sample.maxmem,
        sample.maxdisk,
    )


def history_lines(history: FiguresHistory | None, width: int, height: int) -> list[TextLine]:
    """Return the charts of a history, for a page of this size."""
    if history is None:
        return [[], [(f"{bound_key('history')} shows charts of the last hour, then day, week, month, year.", "dim")]]
    lines: list[TextLine] = [[], *_head(history)]
    if history.ours is None and not history.theirs:
        return lines
    span, room = SPANS[history.timeframe], room_of(width)
    steps = [step_of(history.theirs), *([history.ours.step] if history.ours is not None else [])]
    # One cell is left for the part of the present one.
    cell = cell_seconds(span.total_seconds(), room - 1, steps)
    joined = join(history.ours, history.theirs, history.until - span, history.until, cell)
    if not any(joined.sources):
        return [*lines, *_nothing(history)]
    for name, title in _TITLES:
        lines += _figure(name, title, joined, rows_of(height))
    return [*lines, *_foot(joined)]


def _height(value: float, top: float, steps: int) -> int:
    """Return the height in eighths of a row: 1 at least, so that a zero is no gap."""
    share = min(1.0, max(0.0, value / top)) if top > 0 else 0.0
    return max(1, round(share * steps))


def _cell(height: int | None, row: int, bars: str) -> str:
    filled = 0 if height is None else min(len(bars), height - row * len(bars))
    return bars[filled - 1] if filled > 0 else " "


def _head(history: FiguresHistory) -> Iterator[TextLine]:
    moment = local_time(history.until, seconds=False)
    yield [("The last ", "normal"), (history.timeframe, "accent"), (f", as of {moment}", "dim")]
    if history.no_ours is not None:
        yield [(f"Our own figures cannot be read: {history.no_ours}", "warn")]
    if history.no_theirs is not None:
        yield [(f"Proxmox's history cannot be read: {history.no_theirs}", "warn")]
    elif not history.theirs:
        yield [(f"Proxmox has no history of the last {history.timeframe}.", "dim")]


def _nothing(history: FiguresHistory) -> Iterator[TextLine]:
    yield [(f"Nothing was measured in the last {history.timeframe}.", "dim")]
    if history.theirs:
        newest = local_time(history.theirs[-1].at, seconds=False)
        yield [(f"The newest point of Proxmox's history is of {newest} by the clock of its node.", "dim")]


def _figure(name: str, title: str, joined: JoinedFigures, rows: int) -> Iterator[TextLine]:
    track = joined.tracks[name]
    yield []
    if all(value is None for value in track.means):
        yield [(f"{title:<{SCALE - 1}}", "accent"), ("not measured in this time", "dim")]
        return
    limit = {CPU: 1.0, MEM: joined.maxmem, DISK: joined.maxdisk}.get(name)
    top = limit or scale_of(track.means) or 1.0
    yield [(f"{title:<{SCALE - 1}}", "accent"), (_sums(name, track), "normal")]
    yield from chart(track.means, top, rows, _amount(name, top))


def _sums(name: str, track: Track) -> str:
    """Return the last value, the mean and the highest value of a figure."""
    known = [value for value in track.means if value is not None]
    tops = [value for value in track.highest if value is not None]
    mean = sum(known) / len(known)
    told = {"last": known[-1], "mean": mean, "highest": max(tops, default=mean)}
    return "  ".join(f"{word} {_amount(name, value)}" for word, value in told.items())


def _foot(joined: JoinedFigures) -> Iterator[TextLine]:
    signs = glyphs()
    drawn = {Source.OURS: signs.filled, Source.PROXMOX: signs.unfilled}
    line = "".join(" " if source is None else drawn[source] for source in joined.sources)
    told = [f"{drawn[one]} {one}" for one in Source if one in joined.sources]
    gaps = sum(source is None for source in joined.sources)
    if gaps:
        told.append(f"blank: not measured ({human_age(gaps * joined.cell)})")
    yield []
    yield [(f"{'source':>{SCALE - 2}} {signs.bar}", "dim"), (line, "normal")]
    axis = time_axis(joined.times(), len(joined.sources))
    yield [(f"{'local time':>{SCALE - 2}} {signs.bar}", "dim"), (axis, "dim")]
    cell = f"a cell is {human_age(joined.cell)}, the mean of what was measured in it"
    yield [(" " * SCALE, "dim"), ("  ".join([*told, cell]), "dim")]


def _amount(name: str, value: float) -> str:
    if name == CPU:
        return percent(value)
    return human_bytes(int(value)) if name in (MEM, DISK) else f"{human_bytes(int(value))}/s"
