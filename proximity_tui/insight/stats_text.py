"""The text of the fleet's figures: parts, each with its sum in one line, and its lines, the most urgent first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.parts import Part, PartLine
from proximity_tui.core.base.text import display_width, human_age, number_of
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.analytics.fleet_stats import Delay, FleetDay, Stats
from proximity_tui.core.model import Kind, State
from proximity_tui.insight.stats_answer import Analytics, Uptime

_MOST_DAYS = 15
"""Days of the fleet that are named; of a longer time every so many."""

_NAME = 30
"""Columns of the names; a longer one moves its own line, and no other."""


def headline(found: Stats) -> str:
    """Return the time that the figures are of: `the last 30d, since 2026-10-29 20:15 UTC`."""
    length = human_age((found.until - found.since).total_seconds())
    return f"the last {length}, since {local_time(found.since, seconds=False)}"


def stats_parts(found: Analytics) -> tuple[Part, ...]:
    """Return every part."""
    stats = found.stats
    return (
        _fleet(stats),
        _adoptions(stats),
        _deletions(stats),
        _orphans(stats),
        _stuck(stats),
        _states(stats),
        _uptimes(found.uptimes),
    )


def _fleet(found: Stats) -> Part:
    last, growth = found.fleet[-1], found.growth
    changed = f"{abs(growth)} {'more' if growth > 0 else 'fewer'} than" if growth else "as many as"
    now = f"{number_of(last.total, 'container')}, {last.adopted} adopted, {last.native} native"
    every = -(-len(found.fleet) // _MOST_DAYS)
    days = found.fleet[::-1][::every]
    most = max(day.total for day in found.fleet)
    return Part("Fleet", f"{now}; {changed} at the beginning", "normal", tuple(_day(day, most) for day in days))


def _day(day: FleetDay, most: int) -> PartLine:
    """Return a day, with a bar of its containers as a share of the `most` there were."""
    share = day.total / most if most else None
    return PartLine(f"{day.day}  {day.adopted:>5} adopted  {day.native:>5} native", share=share)


def _adoptions(found: Stats) -> Part:
    captured = f"{found.configs_captured} with its config captured"
    summary = f"{found.adoptions}, {captured}; {found.made} created or cloned"
    missing = found.adoptions - found.configs_captured
    return Part("Adopted", summary, "warn" if missing else "normal", ())


def _deletions(found: Stats) -> Part:
    lines = [
        PartLine(f"{how} delete of {'an' if kind is Kind.ADOPTED else 'a'} {kind} container: {number}")
        for (how, kind), number in sorted(found.deletions.items())
    ]
    return Part("Deleted", str(sum(found.deletions.values()) or "none"), "normal", tuple(lines))


def _orphans(found: Stats) -> Part:
    expected, anomalous = found.orphans.get("expected", 0), found.orphans.get("anomalous", 0)
    summary = f"{expected} expected, {anomalous} anomalous" if expected or anomalous else "none"
    lines = (
        PartLine(f"from missing to alert: {_delay(found.to_alert)}"),
        PartLine(f"from alert to acknowledgement: {_delay(found.to_acknowledge)}"),
    )
    return Part("Orphans", summary, "warn" if anomalous else "normal", lines if anomalous else ())


def _delay(delay: Delay) -> str:
    if delay.mean is None:
        return "not known"
    return f"{human_age(delay.mean)} on average of {delay.count}"


def _stuck(found: Stats) -> Part:
    lines = [PartLine(f"{state}: {number}, {cause}", "warn") for (state, cause), number in sorted(found.stuck.items())]
    total = sum(found.stuck.values())
    return Part("Stuck", str(total or "none"), "warn" if total else "normal", tuple(lines))


def _states(found: Stats) -> Part:
    seconds = found.state_seconds
    total = sum(seconds.values())
    lines = [
        PartLine(
            f"{state:<10} {seconds[state] / total:7.2%}  {human_age(seconds[state]):>7}",
            _state_tone(state),
            seconds[state] / total,
        )
        for state in State
        if seconds[state]
    ]
    return Part(
        "States",
        f"{human_age(total)} of all containers together" if total else "nothing is known",
        "normal",
        tuple(lines),
    )


def _state_tone(state: State) -> Tone:
    return "warn" if state is State.ERROR else "normal"


def _uptimes(uptimes: Sequence[Uptime]) -> Part:
    known = [one for one in uptimes if one.share is not None]
    summary = "nothing is known: figures are kept while a daemon or a screen runs"
    if known:
        up, down = sum(one.seen for one in known), sum(one.stopped for one in known)
        summary = f"{up / (up + down):.2%} of the known time of {number_of(len(known), 'container')}"
    return Part("Uptime", summary, "normal" if known else "dim", _uptime_lines(uptimes))


def _uptime_lines(uptimes: Sequence[Uptime]) -> tuple[PartLine, ...]:
    """Return a line for each container, in columns: name, place, share, what it is of."""
    places = [f"{one.cluster}/{one.vmid or '-'}" for one in uptimes]
    name = min(_NAME, max((display_width(one.name) for one in uptimes), default=0))
    place = max(map(display_width, places), default=0)
    return tuple(
        PartLine(f"{_padded(one.name, name)}  {_padded(where, place)}  {_uptime(one)}", _known(one))
        for one, where in zip(uptimes, places, strict=True)
    )


def _uptime(one: Uptime) -> str:
    share = "unknown" if one.share is None else f"{one.share:.2%}"
    unknown = f", {human_age(one.unknown)} unknown" if one.unknown >= 60 else ""
    stopped = f", stopped {human_age(one.stopped)}" if one.stopped else ""
    return f"{share:>7}  seen running {human_age(one.seen):>7}{stopped}{unknown}"


def _known(one: Uptime) -> Tone:
    return "dim" if one.share is None else "normal"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))
