"""The history of a container's config as JSON (fields are added, never renamed) and as text; secrets are masked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.printed import output
from proximity_tui.core.base.secret import masked_field
from proximity_tui.core.base.text import plain
from proximity_tui.core.model.config_revision import RevisionCause

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.observation.config_fields import FieldChange
    from proximity_tui.core.engine.observe.drift_history import DriftHistory, TimelineEntry

_CAUSES = {RevisionCause.SEEN: "seen to be changed; nothing tells who changed it"}


def drift_history_document(history: DriftHistory, *, reveal: bool) -> dict[str, Any]:
    """Return the document of `drift CONTAINER`."""
    container, baseline = history.container, history.baseline
    return {
        "container": container.id,
        "cluster": container.cluster,
        "vmid": container.vmid,
        "name": container.name,
        "drift": None if history.compared.changes is None else len(history.compared.changes),
        "baseline": None if baseline is None else baseline.revision.number,
        "baseline_at": output.utc(history.compared.kept.captured_at) if history.compared.kept is not None else None,
        "baseline_reason": history.compared.reason or None,
        "digest": None if history.seen is None else history.seen.digest,
        "taken_at": None if history.seen is None else output.utc(history.seen.fingerprint_at),
        "not_compared": history.not_compared,
        "changes": change_documents(history.compared.fields or (), reveal=reveal),
        "revisions": [_entry_document(one, reveal=reveal) for one in history.timeline],
    }


def change_documents(changes: Iterable[FieldChange], *, reveal: bool) -> list[dict[str, Any]]:
    """Return the documents of changed fields. `before` and `after` are null where the field was not, or is not, set."""
    return [
        {
            "field": one.label,
            "before": _shown(one, one.before, reveal=reveal),
            "after": _shown(one, one.after, reveal=reveal),
        }
        for one in changes
    ]


def describe_drift_history(history: DriftHistory, *, reveal: bool) -> None:
    """Print the history for a person: what differs now, then the timeline, the newest first."""
    name = history.container.label
    fields = history.compared.fields
    if fields is None or history.not_compared is not None:
        output.print_line(f"{name} was not compared: {history.not_compared}")
    elif not fields:
        output.print_line(f"{name} has no drift: no watched setting differs from the baseline")
    else:
        output.print_line(f"{name} differs from its baseline:")
    print_changes(fields or (), reveal=reveal)
    if history.compared.kept is not None:
        output.print_line(f"baseline of {output.local(history.compared.kept.captured_at)}: {history.compared.reason}")
    for entry in history.timeline:
        output.print_line("")
        revision = entry.revision
        marks = [*(["baseline"] if entry.is_baseline else []), *(["now"] if entry.is_now else [])]
        marked = f"  ({', '.join(marks)})" if marks else ""
        output.print_line(f"revision {revision.number} of {output.local(revision.taken_at)}{marked}: {why(entry)}")
        print_changes(entry.changes, reveal=reveal)


def print_changes(changes: Iterable[FieldChange], *, reveal: bool) -> None:
    """Print one line for each changed field."""
    for one in changes:
        was, now = (_shown(one, value, reveal=reveal) for value in (one.before, one.after))
        if was is None:
            text = f"  + {one.label}: {now}"
        elif now is None:
            text = f"  - {one.label}: {was}"
        else:
            text = f"    {one.label}: {was} → {now}"
        output.print_line(text, reveal=reveal)


def why(entry: TimelineEntry) -> str:
    """Return why a config is as it is, and who changed it as far as anything tells."""
    attribution = entry.revision.attribution
    if attribution.cause is RevisionCause.CAPTURED:
        return attribution.note
    by = f" by {attribution.by}" if attribution.by else ""
    return _CAUSES.get(attribution.cause) or f"changed{by} ({attribution.note})"


def _entry_document(entry: TimelineEntry, *, reveal: bool) -> dict[str, Any]:
    revision = entry.revision
    return {
        "revision": revision.number,
        "taken_at": output.utc(revision.taken_at),
        "digest": revision.digest,
        "cause": revision.attribution.cause,
        "by": revision.attribution.by,
        "note": revision.attribution.note,
        "baseline": entry.is_baseline,
        "now": entry.is_now,
        "changes": change_documents(entry.changes, reveal=reveal),
    }


def _shown(change: FieldChange, value: str | None, *, reveal: bool) -> str | None:
    if value is None:
        return None
    return plain(value if reveal else masked_field(change.key, change.field, value))
