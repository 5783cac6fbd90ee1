"""The text of `show` for a person: most urgent first, the history last."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.row_documents import notes_words, ports_words, status_words
from proximity_tui.core.base.secret import masked_setting
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation import backup_list
from proximity_tui.core.doctrine.observation.config_drift import SettingChange
from proximity_tui.core.doctrine.observation.identity import another_guest
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.fleet import FleetRow
from proximity_tui.core.model import (
    BadRow,
    ClinicalRecord,
    Container,
    Event,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Match,
)
from proximity_tui.core.model.guests.probe_result import PortObservation, results


@value_object
class KnownContainer:
    """Everything that is known of one container."""

    row: FleetRow
    lookup: GuestLookup | None
    not_inspected: str | None
    """Why there was no inspection, where there was none."""
    clinical: ClinicalRecord | None
    changes: tuple[SettingChange, ...] | None
    events: tuple[Event, ...]
    unreadable: BadRow | None = None
    """The row of it that could not be understood, if the list has one."""
    observed: tuple[PortObservation, ...] = ()
    """What the last connects to its ports met."""
    not_compared: str | None = None
    """Why the present config is not compared with the clinical record: it is not that of ours, or not settled."""


def describe(known: KnownContainer, *, reveal: bool = False) -> None:
    """Print everything on stdout; values of its settings that may be secret only with `reveal`."""
    row, record = known.row, known.row.container
    output.pairs(
        {
            "container": record.label if record else row.name,
            "record": f"{row.id} in {row.cluster}",
            "closed": f"{output.local(record.closed_at)}: {record.closed_words}"
            if record and record.is_tombstone
            else "no",
            "state": f"{row.state} since {output.local(record.state_since)}" if record else None,
            "status": status_words(row),
            "presence": f"{row.presence}{f': {row.reason}' if row.reason else ''}",
            "last seen": output.local(row.observed_at),
            "ports": ports_words(row),
            **_observed(known.observed),
            "tags": ", ".join(row.tags),
            "notes": notes_words(row),
        }
    )
    _live(known)
    if known.unreadable is not None:
        unreadable = {"why": known.unreadable.why, "row": known.unreadable.raw}
        output.print_settings("its unreadable row in the list", unreadable, reveal=reveal)
    if isinstance(known.lookup, GuestDetail) and known.lookup.config is not None:
        output.print_settings("present config", known.lookup.config, reveal=reveal)
    if known.clinical is not None:
        output.print_line("")
        output.print_line(f"clinical record of {output.local(known.clinical.captured_at)}, {known.clinical.raw_status}")
        _drift(known, reveal)
    if known.events:
        output.print_line("")
        rows = [(output.local(event.at), event.action, event.message, event.actor) for event in reversed(known.events)]
        output.table(("AT", "ACTION", "MESSAGE", "ACTOR"), rows)


def _observed(observations: Sequence[PortObservation]) -> dict[str, str | None]:
    """Return the observed ports, by probe; nothing where none was probed."""
    lines = [f"{one.words}; {output.local(one.observed_at)}, {one.origin}" for one in results(observations)]
    return {f"observed{f' {number}' if number > 1 else ''}": line for number, line in enumerate(lines, 1)}


def _live(known: KnownContainer) -> None:
    """Print what the inspection could not see, or why there was none; and the backups."""
    seen, record = known.lookup, known.row.container
    if isinstance(seen, GuestNotSeen):
        output.print_line(f"The inspection found no container of ours: {seen.reason}")
    elif seen is None:
        output.print_line(f"Not inspected: {known.not_inspected}")
    else:
        _whose(seen, record)
        for gap in seen.gaps:
            output.print_line(f"The inspection could not read {gap}")
        if record is not None:
            _backups(seen, record)


def _whose(seen: GuestDetail, record: Container | None) -> None:
    """Print a note where the inspected guest is not, or not surely, the guest of the record."""
    if record is None or record.is_tombstone:
        return
    identity = judge(record, seen, seen.taken_at)
    if identity.match is Match.DIFFERENT:
        output.print_line(f"{another_guest(seen.vmid, identity)}. Its config is shown; our record keeps ours.")
    elif identity.match in (Match.UNSURE, Match.PLACEHOLDER):
        output.print_line(f"It is not certain that CT {seen.vmid} is {record.name}: {identity.sentence}")


def _backups(seen: GuestDetail, record: Container) -> None:
    ours = backup_list.of_owner(seen.backups, record, backup_list.BackupOwner.OURS)
    none = "not known" if seen.backups_unlisted else "none was found"
    named = [*([] if ours else [none]), *(backup_list.label(one, record) for one in seen.backups)]
    output.print_line("")
    output.print_line("backups")
    for line in (*named, *seen.backups_unlisted):
        output.print_line(f"  {line}")


def _drift(known: KnownContainer, reveal: bool) -> None:
    changes = known.changes
    if known.not_compared is not None:
        output.print_line(f"  not compared: {known.not_compared}")
    elif changes is None:
        output.print_line("  there is nothing to compare with now")
    elif not changes:
        output.print_line("  no changes since")
    for change in changes or ():
        values = (change.recorded, change.seen)
        was, now = (
            output.NOTHING if value is None else str(value if reveal else masked_setting(change.key, value))
            for value in values
        )
        output.print_line(f"  {change.key}: {was} → {now}", reveal=reveal)
