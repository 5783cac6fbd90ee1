"""The observations of our containers, written down in bulk. No state and no version is touched (law 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Actor, ClockReading, Event, Presence, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.database_changes import ChangeKind
from proximity_tui.core.store import changes as changes_of_all
from proximity_tui.core.store import events
from proximity_tui.core.store.clock_readings import clock_reading, is_later, kept
from proximity_tui.core.store.database import opened, transaction
from proximity_tui.core.store.db.fields import json_text, readable_time, time_to_text
from proximity_tui.core.store.db.queries import chunks, run_sql
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import seen_lists
from proximity_tui.core.store.records.clinical_records import remember_config
from proximity_tui.core.store.records.record_reads import last_seen_times, open_ids
from proximity_tui.core.store.records.seen_lists import NO_LIST, SeenList

if TYPE_CHECKING:
    from proximity_tui.core.model.config_revision import ConfigSeen

_SEEN = ("status", "presence", "presence_reason", "missing_since", "half_destroyed_since", "lock", "identity_due_since")
"""What every observation says."""
_COLUMNS = ("id", "observed_at", *_SEEN, "cluster", "vmid", "node", "name", "tags", "template", "identity_seen_at")
_FIRST, _END = 2, 2 + len(_SEEN)
_PRESENCE, _DUE, _CLUSTER, _IDENTITY = map(
    _COLUMNS.index, ("presence", "identity_due_since", "cluster", "identity_seen_at")
)
_NO_DESCRIPTION = (None, None, None, None)
AT_ONCE = 1000
"""Records that are read and written by one statement."""
MOST_LEFT_OUT = 5000
"""Records that a list leaves out; beyond that each record that it confirms is written by itself."""


@value_object
class StatusUpdate:
    """The observation of one container.

    None keeps what is known, except for `presence_reason`, `missing_since`, `half_destroyed_since` and `lock`, which
    are as given. A status that an observation does not change is None: whoever observes at the same time may have seen
    another one. `observed_at` is when the guest itself was seen, so it is None for a reading that could not see it;
    `read_at` is when that was read, by its config where that was read.
    `doubted_at` is when it was shown as something whose fingerprint must be read, and `identity_read` says that it was.
    Raises `StoreError` for a name, node, tags or config of a guest, unless `identity_seen_at` says that it was compared
    and is the recorded one (law 3).
    """

    container: int
    status: Status | None
    presence: Presence
    presence_reason: str | None = None
    observed_at: datetime | None = None
    read_at: datetime | None = None
    missing_since: datetime | None = None
    half_destroyed_since: datetime | None = None
    identity_seen_at: datetime | None = None
    node: str | None = None
    name: str | None = None
    tags: tuple[str, ...] | None = None
    template: bool | None = None
    lock: str | None = None
    doubted_at: datetime | None = None
    identity_read: bool = False
    config: ConfigSeen | None = None
    """The whole config, where it was read."""

    def __post_init__(self) -> None:
        described = (self.node, self.name, self.tags, self.template) != _NO_DESCRIPTION or self.config is not None
        if self.identity_seen_at is None and described:
            raise StoreError(f"nothing is written into record {self.container} from a guest that was not compared")


def observe(changes: Sequence[StatusUpdate], *, actor: Actor | str = "observer") -> tuple[Event, ...]:
    """Write down the observations, in one transaction, and return the `moved` and `renamed` events it made.

    Closed records are left alone, and those that another process saw later, unless that time is in the future. Only
    values that differ are written, by one statement for all rows in which the same columns do.
    """
    made: list[Event] = []
    reading: ClockReading | None = None
    with transaction():
        lists = {cluster: seen_lists.forget_future(cluster) for cluster in seen_lists.seen_lists()}
        # A few at a time: the rows of a large fleet, all at once, would take more memory than the fleet.
        for wanted in chunks({change.container: change for change in changes}.items(), AT_ONCE):
            alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
            for change, row in _open(dict(wanted), lists):
                different = _what_is_new(change, row)
                if different is not None and change.config is not None:
                    remember_config(change.container, change.config)
                if not different:
                    continue
                if doubted := _doubted_since(change, different):
                    reading = reading or clock_reading()
                    different["doubt_clock"] = json_text(kept(reading, doubted))
                alike[tuple(different)].append((*different.values(), row[0]))
                if "node" in different or "name" in different:
                    made.extend(_events(dict(zip(_COLUMNS, row, strict=True)), different, actor))
            for columns, rows in alike.items():
                opened().update_rows("container", columns, rows)
    return tuple(made)


def _doubted_since(change: StatusUpdate, different: Mapping[str, Any]) -> datetime | None:
    """Return since when a guest is missing, or half destroyed, if the observation says so first; else None."""
    if "missing_since" in different and change.missing_since is not None:
        return change.missing_since
    return change.half_destroyed_since if "half_destroyed_since" in different else None


def seen_again(cluster: str, at: datetime, *, but: Collection[int], seq: int) -> bool:
    """Write down, in one row, that all open records of a cluster but some were seen at a moment as they are recorded.
    Those that were changed after the number `seq` are left out, too: the next list speaks of them.

    Return False, and write nothing, where it is not known what was changed, or too many are left out.
    """
    with transaction():
        changed = changes_of_all.ids_since(seq, ChangeKind.CONTAINER)
        if changed is None or len(but) + len(changed) > MOST_LEFT_OUT:
            return False
        seen_lists.note(cluster, _text(at), open_ids(cluster, changed).union(but))
    return True


def seen_since(container: int, moment: datetime) -> bool:
    """Return whether the guest of a record was seen after a moment, by any process."""
    return bool(seen_later((container,), moment))


def seen_later(containers: Iterable[int], moment: datetime) -> frozenset[int]:
    """Return those of the open records whose guest was seen after a moment, by any process."""
    return frozenset(one for one, seen in last_seen_times(containers).items() if _later(seen, moment))


def _open(
    wanted: Mapping[int, StatusUpdate], lists: Mapping[str, SeenList]
) -> Iterator[tuple[StatusUpdate, tuple[Any, ...]]]:
    """Yield each observation with its record, as the database keeps it, where that is open. The `observed_at` of the
    record is by its own time and by the last list of its cluster.
    """
    ids = ", ".join(map(str, wanted))
    columns = ", ".join(_COLUMNS)
    for row in run_sql(opened().db, f"SELECT {columns} FROM container WHERE closed_at IS NULL AND id IN ({ids})"):
        seen = lists.get(row[_CLUSTER], NO_LIST).last_seen(row[0], own := row[1])
        yield wanted[row[0]], row if seen is own else (row[0], seen, *row[2:])


@lru_cache(maxsize=16)
def _text(moment: datetime) -> str:
    """Return `time_to_text`: of many observations, nearly all have the same times."""
    return time_to_text(moment)


def _is_later(seen: str | None, than: datetime) -> bool:
    """Return `_later` for a time as the database keeps it: of the usual ones, none has to be read."""
    return seen is not None and seen > _text(than) and _later(readable_time(seen), than)


def _later(seen: datetime | None, than: datetime) -> bool:
    """Return whether an observation is later; a time in the future does not count."""
    return seen is not None and is_later(seen, than)


def _what_is_new(change: StatusUpdate, row: tuple[Any, ...]) -> dict[str, Any] | None:
    """Return the values in which a record has to be changed; None for an observation that is older than what is known.
    A list has no fingerprint: a later one neither undoes what a config said, nor ends that another guest is there.
    """
    read_at = change.observed_at or change.read_at
    if change.presence is Presence.REPLACED:
        is_older = read_at is not None and _is_later(row[_IDENTITY], read_at)
    else:
        is_older = read_at is not None and _is_later(row[1], read_at)
        was_replaced = row[_PRESENCE] == Presence.REPLACED.value
        is_older |= was_replaced and change.presence is Presence.PRESENT and not change.identity_read
    if not is_older:
        return _difference(change, row)
    compared = change.identity_seen_at
    if compared is None or row[_PRESENCE] != Presence.PRESENT.value or _is_later(row[_IDENTITY], compared):
        return None
    due = {} if row[_DUE] is None else {"identity_due_since": None}
    return due | _different_description(change, compared, dict(zip(_COLUMNS, row, strict=True)))


def _difference(change: StatusUpdate, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return the values in which a record has to be changed, as the database keeps them."""
    due = None if change.identity_read else row[_DUE] or _time(change.doubted_at)
    doubts = _time(change.missing_since), _time(change.half_destroyed_since)
    status = row[_FIRST] if change.status is None else change.status.value
    seen = (status, change.presence.value, change.presence_reason, *doubts, change.lock, due)
    different: dict[str, Any] = {}
    # All at once first: in an idle fleet nothing but the time differs.
    if row[_FIRST:_END] != seen:
        known = zip(_SEEN, seen, row[_FIRST:_END], strict=True)
        different = {key: value for key, value, recorded in known if value != recorded}
    if change.observed_at is not None and row[1] != (observed_at := _text(change.observed_at)):
        different["observed_at"] = observed_at
    if change.identity_seen_at is not None:
        different |= _different_description(change, change.identity_seen_at, dict(zip(_COLUMNS, row, strict=True)))
    return different


def _different_description(change: StatusUpdate, at: datetime, row: Mapping[str, Any]) -> dict[str, Any]:
    description = {
        "identity_seen_at": _text(at),
        "node": change.node,
        "name": change.name,
        "tags": None if change.tags is None else json_text(list(change.tags)),
        "template": change.template,
    }
    return {key: value for key, value in description.items() if value is not None and row[key] != value}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else _text(moment)


def _events(row: Mapping[str, Any], different: Mapping[str, Any], actor: Actor | str) -> list[Event]:
    made: list[Event] = []
    for key, action, verb in (("node", EventAction.MOVED, "moved"), ("name", EventAction.RENAMED, "was renamed")):
        if key in different and row[key] is not None:
            made.append(
                events.append(
                    actor=actor,
                    action=action,
                    message=f"{row['name']} {verb} from {row[key]} to {different[key]}",
                    container=row["id"],
                    cluster=row["cluster"],
                    vmid=row["vmid"],
                    evidence={"from": row[key], "to": different[key]},
                )
            )
    return made
