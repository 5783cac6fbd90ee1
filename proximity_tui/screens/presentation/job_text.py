"""The text of a job: in the status line, as a row, in full with its last runs. Pure; it starts nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base import process_id
from proximity_tui.core.base.local_time import local_time, time_of_day
from proximity_tui.core.base.text import human_age
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.model.actions.actor import without_token
from proximity_tui.core.model.job import JobOutcome, JobRun, RunDay, counter_text
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.text.lines import HangingLine, Piece, TextLine
from proximity_tui.widgets.glyphs import Glyphs
from proximity_tui.widgets.table.cells import Cell

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus

TONES: Mapping[JobOutcome | None, Tone] = {
    JobOutcome.COMPLETE: "good",
    JobOutcome.PARTIAL: "warn",
    JobOutcome.SKIPPED: "warn",
    JobOutcome.FAILED: "bad",
    JobOutcome.HELD: "bad",
    JobOutcome.UNKNOWN: "warn",
    None: "accent",
}

RUN = 18
"""Cells for the time of a run."""

SIZES = ("total_apps", "real_vmids_count", "total_transitional")
"""Counters that say how much was looked at, not what was found."""


def header_parts(jobs: Sequence[JobStatus], now: datetime, signs: Glyphs) -> list[tuple[int, tuple[Piece, ...]]]:
    """Return one part a job for the status line, about the cluster with the worst state."""
    parts = []
    for job in dict.fromkeys(one.job for one in jobs):
        worst = min((_header(one, now, signs) for one in jobs if one.job == job), key=lambda part: part[0])
        parts.append(worst)
    return parts


def state_cell(status: JobStatus, now: datetime) -> Cell:
    """Return the activity of a job, or why it has none."""
    if status.stopped:
        return Cell("STOPPED", "bad")
    if status.running_since is not None:
        return Cell(f"running {coarse_age(since(status.running_since, now))}", "accent")
    if status.paused is not None:
        return Cell(f"paused by {without_token(status.paused.by)}", "warn")
    if status.holder is None:
        return Cell("no lease yet", "dim")
    return Cell("waiting") if status.mine else Cell(f"run by {process(status.holder.owner)}", "dim")


def last_cell(status: JobStatus, now: datetime) -> Cell:
    """Return the outcome of the last run, and its age."""
    last = status.last
    if last is None:
        return Cell("not run yet", "dim")
    return Cell(f"{last.outcome_words} {coarse_age(since(last.finished_at, now))} ago", TONES[last.outcome])


def next_text(status: JobStatus, now: datetime) -> str:
    """Return `4m`, `<1m`, the time to the next run in this process; empty where another process or a pause decides."""
    if status.next_run is None or not status.mine or status.paused is not None:
        return ""
    ahead = (status.next_run - now).total_seconds()
    return human_age(ahead) if ahead >= 60 else "<1m"


def took_text(run: JobRun | None) -> str:
    """Return the duration of a run: `0.3s`."""
    if run is None or run.duration is None:
        return ""
    seconds = run.duration.total_seconds()
    return f"{seconds:.1f}s" if seconds < 10 else human_age(seconds)


def found_text(run: JobRun | None) -> str:
    """Return the findings of a run, without zeros."""
    if run is None:
        return ""
    found = counter_text({name: number for name, number in run.counters.items() if name not in SIZES})
    return found or ("nothing to do" if run.outcome is JobOutcome.COMPLETE else "; ".join(run.reasons))


def process(owner: str) -> str:
    """Return `jump1:4711`, or `jump1:4711 (daemon)` for one without a screen."""
    return str(process_id.read(owner))


def job_lines(
    status: JobStatus, runs: Sequence[JobRun], days: Sequence[RunDay], now: datetime, *, read_only: bool
) -> list[TextLine]:
    """Return a job in full: schedule, lease holder, findings of the last run, the runs before that, and the days whose
    runs were thinned.
    """
    return [
        *_schedule(status, now, read_only=read_only),
        *_last_run(status.last),
        [],
        [("Last runs", "accent"), (f"  {_summary(runs)}", "dim")],
        *(_run_line(run, now) for run in runs),
        *([[], [("Earlier days", "accent"), ("  in UTC", "dim")]] if days else ()),
        *(_day_line(day) for day in days),
    ]


def _header(status: JobStatus, now: datetime, signs: Glyphs) -> tuple[int, tuple[Piece, ...]]:
    name = status.job
    if status.stopped:
        return 0, ((f"{name} STOPPED", "bad"),)
    if status.paused is not None:
        return 2, ((f"{name} paused", "warn"),)
    if status.running_since is not None:
        return 3, ((f"{name} running", "accent"),)
    if status.last is None:
        return 3, ((f"{name} not run yet", "dim"),)
    ago = f"{coarse_age(since(status.last.finished_at, now))} ago"
    due = next_text(status, now)
    ahead: tuple[Piece, ...] = ((f" {signs.leads_to} {due}", "dim"),) if due else ()
    if status.last.outcome is JobOutcome.COMPLETE:
        return 3, ((f"{name} {ago}", "normal"), *ahead)
    # How it ended matters more than when it is due: one of them has room beside an alert count on 80 columns.
    return 2, ((f"{name} {status.last.outcome_words} {ago}", TONES[status.last.outcome]),)


def _schedule(status: JobStatus, now: datetime, *, read_only: bool) -> Iterable[TextLine]:
    if status.stopped:
        yield [("The background jobs of this process have stopped. Quit and start again.", "bad")]
    due = next_text(status, now)
    when = f"every {human_age(status.interval.total_seconds())}" + (f", next in {due}" if due else "")
    yield [(f"{status.job} of {status.cluster}", "accent"), (f"  {when}", "normal")]
    if status.holder is None:
        yield [("No process holds the lease of this cluster yet.", "warn")]
    else:
        who = "this process" if status.mine else "another process; this one takes over when it ends"
        since_when = f"since {local_time(status.holder.acquired_at)}, lease {status.holder.token}"
        yield [(f"run by {process(status.holder.owner)} ({who}), {since_when}", "normal")]
    if status.paused is not None:
        reason = f": {status.paused.reason}" if status.paused.reason else ""
        yield [(f"paused for everybody by {status.paused.by} since {local_time(status.paused.at)}{reason}", "warn")]
    if read_only:
        yield [("read-only: this process writes nothing and runs no jobs", "warn")]
    if status.running_since is not None:
        yield [(f"running since {local_time(status.running_since)}", "accent")]


def _last_run(last: JobRun | None) -> Iterable[TextLine]:
    if last is None:
        return
    yield [
        (f"Last run: {last.outcome_words}", TONES[last.outcome]),
        (f"  {counter_text(last.counters, all=True)}", "normal"),
    ]
    for reason in last.reasons:
        yield [(f"  {reason}", "warn")]
    for error in last.errors:
        yield [(f"  error: {error}", "bad")]


def _run_line(run: JobRun, now: datetime) -> TextLine:
    rest = f"  {took_text(run):>6}  {run.trigger:<9} {found_text(run)}  by {process(run.run_by)}"
    local = run.started_at.astimezone()
    today = local.date() == now.astimezone().date()
    at = time_of_day(run.started_at, now, seconds=True) if today else f"{local:%Y-%m-%d %H:%M}"
    pieces = [(f" {at:<{RUN - 2}} ", "dim"), (f"{run.outcome_words:<8}", TONES[run.outcome]), (rest, "normal")]
    return HangingLine(pieces, RUN)


def _day_line(day: RunDay) -> TextLine:
    outcomes = {JobOutcome.read(name).words: number for name, number in day.outcomes.items()}
    return HangingLine(
        [(f" {day.day:%Y-%m-%d}".ljust(RUN), "dim"), (_sums(day.runs, outcomes, day.counters), "normal")], RUN
    )


def _summary(runs: Sequence[JobRun]) -> str:
    """Return the runs in one line: `30: 28 complete, 2 partial; 1 record closed`."""
    outcomes = Counter(run.outcome_words for run in runs if run.outcome)
    found: Counter[str] = Counter()
    for run in runs:
        found.update(run.counters)
    return _sums(len(runs), outcomes, found)


def _sums(runs: int, outcomes: Mapping[str, int], counters: Mapping[str, int]) -> str:
    outcome = ", ".join(f"{number} {name}" for name, number in Counter(outcomes).most_common())
    watched = counter_text({name: number for name, number in counters.items() if name in _WATCHED})
    return f"{runs}: {outcome or 'none ended'}" + (f"; {watched}" if watched else "")


_WATCHED = ("expected_orphans", "anomalous_orphans", "orphans_purged", "stuck_marked_error", "errors")
"""Counters whose sum over runs means something; the others count the same thing again in every run."""
