"""The texts of the delete dialog. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, of_owner
from proximity_tui.core.model import (
    Fingerprint,
    GuestDetail,
    GuestNotSeen,
    Match,
    Operation,
    OperationStatus,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    StepName,
)
from proximity_tui.core.model.actions.plan import GuestBound
from proximity_tui.screens.delete.delete_preview import DeletePreview
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.container_cells import reading_words
from proximity_tui.screens.presentation.operation_text import steps_lines, warning_lines
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.widgets.glyphs import glyphs

_IDENTITY = {
    Match.SAME: "identity confirmed",
    Match.UNSURE: "identity not certain",
    Match.DIFFERENT: "another guest",
}
KEYS: Mapping[str, Choice] = {"s": Choice.SOFT, "h": Choice.HARD}
"""The letter of each choice."""
_DESTROY = "destroy it and its volumes"
_BUTTON_LABELS: Mapping[Choice | None, str] = {None: "Delete", Choice.SOFT: "Stop managing", Choice.HARD: "Destroy"}


def heading(preview: DeletePreview, now: datetime) -> list[Piece]:
    """Return the container, and the present facts about it."""
    container = preview.container
    place = f"CT {container.vmid} on {_node(preview) or 'an unknown node'}" if container.vmid else "no VMID"
    known: list[Piece] = [(f"Delete {container.name}", "accent")]
    known.append((f" ({container.kind}, {place}, cluster {container.cluster}, ", "normal"))
    return [*known, *_seen(preview, now), (")", "normal")]


def title_lines(
    preview: DeletePreview | None, now: datetime, asked_at: datetime, trouble: str, busy: str
) -> list[TextLine]:
    """Return the container, the duration of the inspection, and the obstacle."""
    lines: list[TextLine] = [heading(preview, now) if preview is not None else [("Reading the record.", "dim")]]
    if preview is not None and not preview.inspected and not trouble:
        lines.append([(reading_words(preview.container, asked_at, now), "dim")])
    if trouble:
        lines.append([(trouble, "bad")])
    if busy:
        lines.append([(f"{busy}{' Choose again.' if preview is not None and _has_choice(preview) else ''}", "warn")])
    return lines


def _has_choice(preview: DeletePreview) -> bool:
    """Return whether it can be chosen: it was inspected, no operation holds it, and not everything is refused."""
    free = preview.inspected and preview.container.operation is None
    return free and any(preview.plan(choice) is not None for choice in Choice)


def in_progress(operation: Operation) -> str:
    """Return which operation holds the record; empty once it has ended."""
    if operation.status is not OperationStatus.OPEN:
        return ""
    return f"in progress by {operation.actor}: {operation.plan.summary}. w shows its progress."


def note_lines(outcome: Plan | Refusal | None, chosen: bool) -> list[TextLine]:
    """Return the refusal of a choice, or its steps once it is chosen. A single step is what its line says."""
    if isinstance(outcome, Refusal):
        return [[(refused_text(outcome), "warn")]]
    if outcome is None or not chosen:
        return []
    return steps_lines(outcome) if len(outcome.steps) > 1 else warning_lines(outcome.warnings)


def refused_text(refusal: Refusal) -> str:
    """Return why a delete was refused; that it is adopted stands first, because the reason does not say so."""
    return f"adopted: {refusal.reason}" if refusal.code is RefusalCode.ADOPTED else refusal.reason


def why_not_chosen(preview: DeletePreview | None, choice: Choice) -> str | None:
    """Return why a choice cannot be made; None where it can."""
    if preview is None or (choice is Choice.HARD and preview.hard is None):
        return "It is still being read."
    outcome = preview.soft if choice is Choice.SOFT else preview.hard
    return (
        f"{choice.value.capitalize()} is not possible: {refused_text(outcome)}"
        if isinstance(outcome, Refusal)
        else None
    )


def soft_text(preview: DeletePreview) -> str:
    """Return the consequences of a soft delete."""
    if isinstance(preview.soft, Refusal):
        return "stop managing it"
    return f"stop managing it: {preview.soft.steps[0].reason}."


def hard_text(preview: DeletePreview) -> str:
    """Return the consequences of a hard delete."""
    if not isinstance(preview.hard, Plan):
        return _DESTROY
    if not _destroys(preview.hard):
        return preview.hard.summary
    words = [step.name.words for step in preview.hard.steps]
    bound = preview.hard.bound_to
    if isinstance(bound, GuestBound) and bound.status is Status.STOPPED:
        words = words[2:]
    return f"{_DESTROY}: {f' {glyphs().leads_to} '.join(words)}"


def button_label(preview: DeletePreview | None, choice: Choice | None) -> str:
    """Return the words of the button for a choice: nothing is destroyed of what is gone already."""
    plan = preview.plan(choice) if preview is not None else None
    only_closes = choice is Choice.HARD and plan is not None and not _destroys(plan)
    return "Close record" if only_closes else _BUTTON_LABELS[choice]


def _destroys(plan: Plan) -> bool:
    return any(step.name is StepName.DESTROY for step in plan.steps)


def backup_text(preview: DeletePreview) -> str:
    """Return the storage of the backup, and that there are others."""
    chosen, places = preview.options.backup_storage, preview.storages
    if chosen is not None:
        return f"to {chosen}, after the stop (alt+u{' takes the next storage' if len(places) > 1 else ''})"
    return f"to {' or '.join(places)} (alt+u)"


def backup_line(preview: DeletePreview, now: datetime) -> list[Piece]:
    """Return the last backup of this container that Proxmox lists."""
    seen = preview.lookup
    ours = of_owner(seen.backups, preview.container, BackupOwner.OURS) if isinstance(seen, GuestDetail) else ()
    if not ours:
        # That there is none, whose the others are, or that they could not be read, is a warning of the plan.
        return []
    latest = max(ours, key=lambda one: one.at)
    return [(f"last backup {coarse_age(since(latest.at, now))} ago ({latest.volid})", "dim")]


def doubt_lines(preview: DeletePreview) -> list[TextLine]:
    """Return both fingerprints side by side, where a person has to compare them."""
    seen, identity = preview.lookup, preview.identity
    if not isinstance(seen, GuestDetail) or identity is None or identity.match is Match.SAME:
        return []
    lines: list[TextLine] = [[(f"{glyphs().warning} {_IDENTITY[identity.match]}: {identity.sentence}", "warn")]]
    recorded, found = _fingerprint_words(preview.container.fingerprint), _fingerprint_words(seen.fingerprint)
    for name in recorded:
        tone: Tone = "normal" if recorded[name] == found[name] else "warn"
        words = "matches" if recorded[name] == found[name] else f"seen {found[name]}"
        lines.append([(f"  {name:<8} recorded {recorded[name]}, {words}", tone)])
    return lines


_TONES: Mapping[Match, Tone] = {Match.SAME: "good", Match.UNSURE: "warn"}
"""Those of every other match are bad."""


def _seen(preview: DeletePreview, now: datetime) -> Sequence[Piece]:
    seen, identity = preview.lookup, preview.identity
    if isinstance(seen, GuestNotSeen):
        # A hard delete that is refused for it says why, which may take half of the screen.
        is_told = isinstance(preview.hard, Refusal) and seen.reason in preview.hard.reason
        return [(f"presence {seen.presence}" if is_told else f"{seen.presence}: {seen.reason}", "warn")]
    if not isinstance(seen, GuestDetail) or identity is None:
        if not preview.inspected:
            return [(f"{preview.container.status} when last seen", "dim")]
        why = "there is no guest to inspect" if preview.container.vmid is None else "its cluster is not configured"
        return [(why, "warn")]
    age = coarse_age(since(seen.taken_at, now))
    return [
        (f"{seen.status}, seen {age} ago, ", "normal"),
        (_IDENTITY[identity.match], _TONES.get(identity.match, "bad")),
    ]


def _node(preview: DeletePreview) -> str | None:
    return preview.lookup.node if isinstance(preview.lookup, GuestDetail) else preview.container.node


def _fingerprint_words(fingerprint: Fingerprint | None) -> dict[str, str]:
    if fingerprint is None:
        return dict.fromkeys(("hwaddr", "rootfs", "hostname", "ostype", "marker"), "not known")
    return {
        "hwaddr": " ".join(sorted(fingerprint.hwaddrs)) or "none",
        "rootfs": fingerprint.rootfs or "none",
        "hostname": fingerprint.hostname or "none",
        "ostype": f"{fingerprint.ostype} {fingerprint.arch}",
        "marker": fingerprint.marker or "none",
    }
