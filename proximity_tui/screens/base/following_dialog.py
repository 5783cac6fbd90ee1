"""The base of the dialogs with plans: a plan is made again when what it was made from changes while the dialog is open.

Without it a person would agree to what is refused. What changed is told by the view; nothing is read to find it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events, getters, on

from proximity_tui.core.base.text import describe, first_of
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.safemode import NO_SAFE_MODES, SafeModes
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.dialogs.dialog import Answer, Dialog

MOST_NAMED = 3
"""The names of the records that changed which are told."""


@value_object
class PlannedFrom:
    """What plans are made from, as far as a view tells it."""

    safe_modes: SafeModes
    disappearances: frozenset[str]
    """The clusters in which much vanished at once, and nobody has answered yet."""
    versions: Mapping[int, tuple[int, str]]
    """Version and name by record id, of those that are not closed."""


@value_object
class ChangedMeanwhile:
    """What changed since plans were made: the records by id, and a sentence for a person."""

    ids: Sequence[int]
    concerns_all: bool
    """Whether it is no change of records, but of what holds for every plan."""
    sentence: str


class FollowingDialog(Dialog[Answer]):
    """A dialog that follows what its plans were made from. A subclass calls `remember` when it begins to read, and
    `follow` when it has read.
    """

    app = getters.app(ControllerApp)

    _planned_from = PlannedFrom(NO_SAFE_MODES, frozenset(), {})

    @property
    def followed(self) -> Sequence[int]:
        """The ids of the records that the plans are made from."""
        return ()

    @property
    def may_be_stale(self) -> bool:
        """True while plans or refusals are shown: not while they are made, and not once one was started."""
        raise NotImplementedError

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Discard the plans and make them again. Nothing that was chosen or typed for them agrees to the new ones."""
        raise NotImplementedError

    def remember(self) -> None:
        """Remember what is known now: the plans are made from it, or from what is newer."""
        self._planned_from = self._known_in(self.app.controller.view)

    def follow(self) -> None:
        """Plan again where something changed since it was remembered."""
        if self.is_attached and self.may_be_stale:
            changed = _difference(self._planned_from, self._known_in(self.app.controller.view))
            if changed is not None:
                self.plan_afresh(changed)

    @on(events.Mount)
    def _follow_views(self) -> None:
        self.remember()
        self.app.controller.changed.subscribe(self, self._view_changed)

    def _view_changed(self, _: View) -> None:
        self.follow()

    def _known_in(self, view: View) -> PlannedFrom:
        wanted = frozenset(self.followed)
        rows = [row for row in view.rows if row.id in wanted] if wanted else []
        versions = {row.id: (row.container.version, row.name) for row in rows if row.id is not None and row.container}
        vanished = frozenset(one.cluster or "" for one in view.alerts if one.kind == AlertKind.MASS_DISAPPEARANCE)
        return PlannedFrom(view.safe_modes, vanished, versions)


def _difference(before: PlannedFrom, now: PlannedFrom) -> ChangedMeanwhile | None:
    """Return what differs; None where nothing does."""
    ids = sorted(
        id for id in before.versions.keys() | now.versions.keys() if before.versions.get(id) != now.versions.get(id)
    )
    events = _events(before, now)
    if not ids and not events:
        return None
    names = [(before.versions.get(id) or now.versions[id])[1] for id in ids]
    records = [f"{first_of(names, MOST_NAMED)} changed"] if names else []
    sentence = f"{describe([*records, *events])} while this dialog was open."
    # The name of a container begins as it is called.
    return ChangedMeanwhile(ids, bool(events), sentence if records else sentence[:1].upper() + sentence[1:])


def _events(before: PlannedFrom, now: PlannedFrom) -> list[str]:
    """Return what happened that concerns every plan."""
    told = ["a freeze or an arming began or ended"] if before.safe_modes != now.safe_modes else []
    return [*told, "a mass disappearance began or ended"] if before.disappearances != now.disappearances else told
