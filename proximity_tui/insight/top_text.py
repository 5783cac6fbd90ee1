"""The words for the use of a container and for the growth of its disk. Pure."""

from __future__ import annotations

from proximity_tui.core.base.text import human_bytes, number_of, percent
from proximity_tui.core.doctrine.figures.forecast import Growth
from proximity_tui.insight.top_answer import TopRow


def share(value: float | None) -> str:
    """Return a share in percent; nothing where it is not known."""
    return "" if value is None else percent(value)


def amount(value: float | None) -> str:
    """Return bytes."""
    return "" if value is None else human_bytes(int(value))


def rate(value: float | None) -> str:
    """Return bytes per second."""
    return "" if value is None else f"{human_bytes(int(value))}/s"


def of_limit(value: float | None, limit: float | None) -> str:
    """Return what is used with its limit: `412M/2.0G`."""
    return "" if value is None else "/".join(filter(None, (amount(value), amount(limit))))


def growth_words(growth: Growth | None) -> str:
    """Return the growth of a disk a day: `+1.2G/day`."""
    if growth is None:
        return ""
    return f"{'-' if growth.per_day < 0 else '+'}{human_bytes(int(abs(growth.per_day)))}/day"


def full_words(growth: Growth | None) -> str:
    """Return when the disk is full: `disk full in about 9 days`; nothing where that is not in sight."""
    if growth is None or growth.full_in is None:
        return ""
    days = round(growth.full_in)
    return "disk full in less than a day" if days < 1 else f"disk full in about {number_of(days, 'day')}"


def notes(row: TopRow) -> str:
    """Return what stands out: a disk that fills up, or that it idles."""
    return ", ".join(filter(None, (full_words(row.growth), "idle" if row.usage.is_idle else "")))


def detail_of(row: TopRow) -> str:
    """Return everything about the growth, with what the estimate rests on."""
    one, used = row.container, row.usage
    usage = f"{one.label}: CPU {share(used.cpu) or 'unknown'}, highest {share(used.peak) or 'unknown'}."
    if row.growth is None:
        return f"{usage} Its growth is not known yet: that takes four days of figures."
    full = full_words(row.growth)
    what = f"D{full[1:]}," if full else "Its disk:"
    return f"{usage} {what} {growth_words(row.growth)}, {row.growth.basis}."
