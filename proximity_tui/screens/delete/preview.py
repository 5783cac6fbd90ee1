"""What there is to know before a container is deleted: its record, a fresh look, both plans, and what was added.

Reading it blocks and belongs on a lane. It decides nothing: the doctrine does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from proximity_tui.core.doctrine.actions import backup, deletion
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import (
    Container,
    GuestDetail,
    GuestLookup,
    Identity,
    Kind,
    Match,
    Plan,
    Refusal,
)
from proximity_tui.core.store.records import records


@dataclass(frozen=True, slots=True)
class DeletePreview:
    """A container that may be deleted. `hard` is None until the look came back."""

    container: Container
    soft: Plan | Refusal
    hard: Plan | Refusal | None = None
    lookup: GuestLookup | None = None
    looked: bool = False
    options: HardOptions = field(default_factory=HardOptions)
    """What was added to the hard delete; whether identity is confirmed is not said here."""

    @property
    def identity(self) -> Identity | None:
        """How the guest that was seen compares with the recorded one."""
        if not isinstance(self.lookup, GuestDetail):
            return None
        return compare(self.container.fingerprint, self.lookup.fingerprint, self.lookup.lock)

    @property
    def doubtful(self) -> bool:
        """Whether a hard delete needs the VMID typed, because identity is not certain."""
        return self.identity is not None and self.identity.match is Match.UNSURE and isinstance(self.hard, Plan)

    @property
    def may_add(self) -> bool:
        """Whether there is anything to add: only what we created is ever destroyed, and only what has a guest."""
        return self.container.kind is Kind.NATIVE and isinstance(self.lookup, GuestDetail)

    @property
    def storages(self) -> tuple[str, ...]:
        """Where it may be backed up to, the usual place first."""
        if not self.may_add or not isinstance(self.lookup, GuestDetail):
            return ()
        usual = backup.usual_storage(self.lookup)
        return tuple(sorted(backup.possible_storages(self.lookup), key=lambda storage: storage != usual))

    @property
    def purged(self) -> HardOptions:
        """The options with purging turned round."""
        return replace(self.options, purge=not self.options.purge)

    @property
    def backed_up(self) -> HardOptions:
        """The options with the next place to back up to, and after the last one with none."""
        places = (None, *self.storages)
        chosen = self.options.backup_storage
        place = places[(places.index(chosen) + 1) % len(places)] if chosen in places else None
        return replace(self.options, backup_first=place is not None, backup_storage=place)

    def plan(self, choice: Choice | None) -> Plan | None:
        """The plan of a choice, where it has one."""
        plan = self.soft if choice is Choice.SOFT else self.hard if choice is Choice.HARD else None
        return plan if isinstance(plan, Plan) else None


def open_case(engine: Engine, container_id: int) -> DeletePreview:
    """What our own database knows. Raises StoreError."""
    container = records.get(container_id)
    return DeletePreview(container, engine.plan_delete(container, Choice.SOFT), deletion.why_not_hard(container))


def look_at(engine: Engine, case: DeletePreview) -> DeletePreview:
    """The case with a fresh look and the hard plan. Blocks for as long as the cluster takes; raises StoreError."""
    seen = engine.inspect(case.container, backups=True)
    return plan_again(engine, replace(case, lookup=seen, looked=True), case.options)


def plan_again(engine: Engine, case: DeletePreview, options: HardOptions) -> DeletePreview:
    """The case with other options, from the same look. Raises StoreError."""
    # A doubtful guest is planned as if its VMID had been typed; the dialog lets nothing begin before it is.
    doubtful = case.identity is not None and case.identity.match is Match.UNSURE
    asked = replace(options, unsure_confirmed=doubtful)
    hard = engine.plan_delete(case.container, Choice.HARD, asked, case.lookup)
    return replace(case, hard=hard, options=options)
