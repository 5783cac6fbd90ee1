"""The clusters that the breaker holds because too many containers vanished at once, until a person answers (rung 6).

An answer is about the missing containers, one by one, and holds until such a container is seen again. The doctrine
decides when the breaker opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.job import BreakerAnswer, BreakerState
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts_where
from proximity_tui.core.store.db.store_errors import Conflict, LostRace, RecordNotFound
from proximity_tui.core.store.schema.job_tables import BreakerRow

_ANSWERED = {
    BreakerAnswer.APPROVED: EventAction.BREAKER_APPROVED,
    BreakerAnswer.DISMISSED: EventAction.BREAKER_DISMISSED,
    BreakerAnswer.WITHDRAWN: EventAction.BREAKER_WITHDRAWN,
}


def open_breaker(
    cluster: str, missing: Iterable[int], total: int, *, message: str | None = None, actor: Actor | str = "reconciler"
) -> BreakerState:
    """Hold a cluster, with its event, and return the breaker; for a held one only update the missing containers.

    `missing` are ids of containers, of `total` in the cluster.
    """
    ids = sorted(set(missing))
    sentence = plain(message or f"mass disappearance: {len(ids)} of {total}")
    evidence = {"missing": ids, "total": total}
    with transaction():
        if known := state(cluster):
            if (known.missing, known.total) != (frozenset(ids), total):
                _update(known, message=sentence, evidence=evidence)
            return _get(known.id)
        new: int = BreakerRow.insert(cluster=cluster, opened_at=now(), message=sentence, evidence=evidence).execute()
        events.append(
            actor=actor, action=EventAction.BREAKER_OPENED, message=sentence, cluster=cluster, evidence=evidence
        )
        return _get(new)


def state(cluster: str) -> BreakerState | None:
    """Return the breaker that holds a cluster now, or None."""
    found = _read(BreakerRow.cluster == cluster, BreakerRow.closed_at.is_null())
    return found[0] if found else None


def history(cluster: str | None = None, limit: int = 50) -> tuple[BreakerState, ...]:
    """Return the breakers so far (in a cluster), with their answers, the newest first."""
    conditions = [] if cluster is None else [BreakerRow.cluster == cluster]
    return _read(*conditions, limit=limit)


def approve(cluster: str, by: Actor | str, note: str = "", *, seen: frozenset[int] | None = None) -> BreakerState:
    """Record that a person believes the missing containers are gone: they may be concluded. Return the breaker as it is
    now.

    `seen` are the ids that the person was shown. Raises `LostRace` when others are missing by now, `RecordNotFound`
    when the cluster is not held, `Conflict` that names who answered first.
    """
    return _answer(cluster, BreakerAnswer.APPROVED, by, note, seen)


def dismiss(cluster: str, by: Actor | str, note: str = "", *, seen: frozenset[int] | None = None) -> BreakerState:
    """Record that a person does not believe it: nothing is concluded of these containers. Return the breaker as it is
    now. Raises as `approve`.
    """
    return _answer(cluster, BreakerAnswer.DISMISSED, by, note, seen)


def withdraw(cluster: str, reason: str, *, actor: Actor | str = "reconciler") -> BreakerState | None:
    """Release a cluster because the containers are back, with its event. Return None when it was not held."""
    with transaction():
        known = state(cluster)
        if known is None:
            return None
        _close(known, BreakerAnswer.WITHDRAWN, actor, f"the breaker was withdrawn: {reason}", now(), reason)
        return _get(known.id)


def approved_ids(cluster: str) -> frozenset[int]:
    """Return the containers that a person approved as gone and that were not seen since."""
    return _answered(cluster, BreakerAnswer.APPROVED)


def dismissed_ids(cluster: str) -> frozenset[int]:
    """Return the containers that a person dismissed as not gone and that were not seen since."""
    return _answered(cluster, BreakerAnswer.DISMISSED)


def seen_again(cluster: str, present: Iterable[int]) -> None:
    """Delete the answers about containers that are there again: if they vanish again, a person is asked again."""
    back = frozenset(present)
    # Looked at outside first: in nearly every run nothing was ever answered, and nothing need be written.
    if not back & (approved_ids(cluster) | dismissed_ids(cluster)):
        return
    with transaction():
        for row in _rows(BreakerRow.cluster == cluster, BreakerRow.closed_at.is_null(False)):
            evidence = row["evidence"] or {}
            known = frozenset(evidence.get("seen_again", ()))
            more = known | (back & frozenset(evidence.get("missing", ())))
            if more != known:
                changed = {**evidence, "seen_again": sorted(more)}
                BreakerRow.update(evidence=changed).where(BreakerRow.id == row["id"]).execute()


def _answer(
    cluster: str, answer: BreakerAnswer, by: Actor | str, note: str, seen: frozenset[int] | None
) -> BreakerState:
    moment = now()
    column = answer.value
    with transaction():
        known = state(cluster)
        if known is None:
            raise _no_question(cluster)
        if seen is not None and seen != known.missing:
            raise LostRace(f"other containers of {cluster} are missing by now: see which, then answer again")
        answered = {f"{column}_at": moment, f"{column}_by": plain(str(by)), f"{column}_note": plain(note)}
        _update(known, **answered)
        _close(known, answer, by, f"{known.message} ({column}{': ' + note if note else ''})", moment, answer.value)
        return _get(known.id)


def _close(
    known: BreakerState, answer: BreakerAnswer, by: Actor | str, message: str, moment: datetime, reason: str
) -> None:
    _update(known, closed_at=moment, closed_reason=plain(reason))
    evidence = {"missing": known.missing, "total": known.total}
    events.append(actor=by, action=_ANSWERED[answer], message=message, cluster=known.cluster, evidence=evidence)
    # The alert asked this one question, so the answer ends it in the same transaction.
    alerts.resolve(alerts.key_of(AlertKind.MASS_DISAPPEARANCE, cluster=known.cluster), message, by=by)


def _no_question(cluster: str) -> RecordNotFound | Conflict:
    past = [known for known in history(cluster, limit=1) if known.answered_by]
    if not past:
        return RecordNotFound(f"{cluster} is not held by the breaker")
    return Conflict(f"the breaker of {cluster} is already {past[0].answer}", past[0].answered_by or "")


def _answered(cluster: str, answer: BreakerAnswer) -> frozenset[int]:
    ids: set[int] = set()
    for row in _rows(BreakerRow.cluster == cluster, BreakerRow.closed_at.is_null(False)):
        if _state(row).answer is answer:
            evidence = row["evidence"] or {}
            ids |= frozenset(evidence.get("missing", ())) - frozenset(evidence.get("seen_again", ()))
    return frozenset(ids)


def _update(known: BreakerState, **values: Any) -> None:
    BreakerRow.update(**values).where(BreakerRow.id == known.id).execute()


def _get(breaker_id: int) -> BreakerState:
    return _read(BreakerRow.id == breaker_id)[0]


def _read(*conditions: Any, limit: int | None = None) -> tuple[BreakerState, ...]:
    return tuple(_state(row) for row in _rows(*conditions, limit=limit))


def _rows(*conditions: Any, limit: int | None = None) -> list[dict[str, Any]]:
    with unit():
        return dicts_where(BreakerRow.select().order_by(BreakerRow.id.desc()), conditions, limit)


def _state(row: Mapping[str, Any]) -> BreakerState:
    evidence = row["evidence"] or {}
    answer = None
    for given in (BreakerAnswer.APPROVED, BreakerAnswer.DISMISSED):
        if row[f"{given.value}_at"] is not None:
            answer = given
    if answer is None and row["closed_at"] is not None:
        answer = BreakerAnswer.WITHDRAWN
    by_person = answer in (BreakerAnswer.APPROVED, BreakerAnswer.DISMISSED)
    return BreakerState(
        id=row["id"],
        cluster=row["cluster"],
        opened_at=row["opened_at"],
        message=row["message"],
        missing=frozenset(evidence.get("missing", ())),
        total=evidence.get("total", 0),
        answer=answer,
        answered_by=row[f"{answer}_by"] if by_person else None,
        note=row[f"{answer}_note"] if by_person else row["closed_reason"],
    )
