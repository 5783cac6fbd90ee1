"""The facts before a container is deleted: its record, a fresh inspection, both plans, and the options.

Reading it blocks and belongs on a worker thread. It decides nothing: the doctrine does.
"""

from __future__ import annotations

from dataclasses import field, replace

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup import backup_rules
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
from proximity_tui.core.doctrine.guards.checks import check_native
from proximity_tui.core.doctrine.observation.identity import identify
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, GuestDetail, GuestLookup, Identity, Kind, Match, Plan, Refusal
from proximity_tui.core.store.records import records


@value_object
class DeletePreview:
    """A container that may be deleted. `hard` is None until it was inspected."""

    container: Container
    soft: Plan | Refusal
    hard: Plan | Refusal | None = None
    lookup: GuestLookup | None = None
    inspected: bool = False
    options: HardOptions = field(default_factory=HardOptions)
    """What was added to the hard delete; whether identity is confirmed is not said here."""

    @property
    def identity(self) -> Identity | None:
        """The comparison of the seen guest with the recorded one."""
        if not isinstance(self.lookup, GuestDetail):
            return None
        return identify(self.container, self.lookup.fingerprint, self.lookup.lock)

    @property
    def doubtful(self) -> bool:
        """True when a hard delete needs the typed VMID, because identity is not certain."""
        return self.identity is not None and self.identity.match is Match.UNSURE and isinstance(self.hard, Plan)

    @property
    def may_add(self) -> bool:
        """True when there are options: only a container that we created, and that has a guest, is ever destroyed."""
        return self.container.kind is Kind.NATIVE and isinstance(self.lookup, GuestDetail)

    @property
    def was_refused(self) -> bool:
        """True when a destroy was refused for a reason that may pass: what we did not create is never destroyed."""
        return self.inspected and self.container.kind is Kind.NATIVE and isinstance(self.hard, Refusal)

    @property
    def storages(self) -> tuple[str, ...]:
        """The storages that it may be backed up to, the default one first."""
        if not self.may_add or not isinstance(self.lookup, GuestDetail):
            return ()
        usual = backup_rules.usual_storage(self.lookup)
        return tuple(sorted(backup_rules.possible_storages(self.lookup), key=lambda storage: storage != usual))

    def purged(self, options: HardOptions | None = None) -> HardOptions:
        """Return these options, or those of its plan, with purging toggled."""
        options = options or self.options
        return replace(options, purge=not options.purge)

    def backed_up(self, options: HardOptions | None = None) -> HardOptions:
        """Return these options, or those of its plan, with the next storage for a backup; after the last one, none."""
        options = options or self.options
        places, chosen = (None, *self.storages), options.backup_storage
        place = places[(places.index(chosen) + 1) % len(places)] if chosen in places else None
        return replace(options, backup_first=place is not None, backup_storage=place)

    def plan(self, choice: Choice | None) -> Plan | None:
        """Return the plan of a choice, where it has one."""
        plan = {None: None, Choice.SOFT: self.soft, Choice.HARD: self.hard}[choice]
        return plan if isinstance(plan, Plan) else None


def open_preview(engine: Engine, container_id: int) -> DeletePreview:
    """Return the preview from our own database. Raises StoreError."""
    container = records.get(container_id)
    return DeletePreview(container, engine.plan_delete(container, Choice.SOFT), check_native(container))


def inspect_item(engine: Engine, preview: DeletePreview) -> DeletePreview:
    """Return the preview with a fresh inspection and the hard plan. Blocks for as long as the cluster takes; raises
    StoreError.
    """
    seen = engine.inspect(preview.container, backups=True)
    return plan_again(engine, replace(preview, lookup=seen, inspected=True), preview.options)


def plan_again(engine: Engine, preview: DeletePreview, options: HardOptions) -> DeletePreview:
    """Return the preview with other options, from the same inspection. Raises StoreError."""
    # A doubtful guest is planned as if its VMID had been typed; the dialog lets nothing begin before it is.
    doubtful = preview.identity is not None and preview.identity.match is Match.UNSURE
    asked = replace(options, unsure_confirmed=doubtful)
    hard = engine.plan_delete(preview.container, Choice.HARD, asked, preview.lookup)
    return replace(preview, hard=hard, options=options)
