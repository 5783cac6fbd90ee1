"""The form for a native clone of one of our containers. Its source is inspected while it opens, so that an obstacle is
shown at once. `clone_form` has the fields, the base class the plan and the start.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from proximity_tui.core.doctrine.actions.cloning import CloneRequest
from proximity_tui.core.engine.operations.outcome import Result
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.create.clone_form import ANY, FIELDS, read_form
from proximity_tui.screens.create.planned_form import PlannedForm
from proximity_tui.screens.text.lines import TextLine


class CloneScreen(PlannedForm[CloneRequest]):
    """A form for the differences between a container and its clone."""

    VERB = "clone"
    FIELDS = FIELDS
    CHOICES: ClassVar[Mapping[str, str]] = {"full": "full copy", "start": "start it, too"}

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self._record_id = container_id
        self._source: Container | None = None
        self._template: bool | None = None
        """Whether the source is a template; None until that is known."""
        self._known: list[TextLine] = [[("Reading the record.", "dim")]]

    def on_mount(self) -> None:
        """Read the record, inspect its guest, and read the offer of the cluster."""
        self.run_worker(self._look(), group="look")

    def heading(self) -> str:
        """Return the name of the source."""
        return f"Clone {self._source.label}, cluster {self._source.cluster}" if self._source else "Clone a container"

    def known(self) -> list[TextLine]:
        """Return the known obstacle, or that the inspection is under way."""
        return self._known

    def choice(self, name: str) -> tuple[str, bool]:
        """Return the kinds of clones: only a template has two."""
        if name != "full":
            return "", True
        kinds = {
            None: "",
            False: "only a template can be linked to",
            True: "without, it lives on the volumes of the template",
        }
        return kinds[self._template], self._template is True

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> CloneRequest | dict[str, str]:
        """Return a request, or the problem of each field."""
        full = "full" in chosen if self._template else None
        return read_form(typed, full=full, start="start" in chosen)

    def answered(self, outcome: Plan | Refusal) -> None:
        """Clear the first obstacle: it is gone, or shown below the form by now."""
        self._known = []

    def make_plan(self, request: CloneRequest) -> Plan | Refusal:
        """Return the plan from the record as it is now, and another inspection of its guest."""
        return self.app.controller.session.engine.plan_clone(records.get(self._record_id), request)

    def execute(self, plan: Plan) -> Result:
        """Clone the container."""
        return self.app.controller.session.engine.clone(plan)

    def read_offers(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the online nodes, and the storages of the source's node."""
        nodes = [node.name for node in client.nodes() if node.status == "online"]
        here = self._source.node if self._source is not None else None
        storages = client.storages(here) if here in nodes else ()
        return {"node": nodes, "storage": [storage.name for storage in storages if storage.active]}

    async def _look(self) -> None:
        ask = self.app.controller.ask
        try:
            self._source = await ask(records.get, self._record_id)
            self._known = [[(f"looking at CT {self._source.vmid or '-'}...", "dim")]]
            self.show_all()
            self.run_worker(self.offer_what_there_is(self._source.cluster), group="offers")
            likely = await ask(self.make_plan, ANY)
        except (ProxmoxError, StoreError, ValueError) as error:
            self._known = [[(str(error), "bad")]]
        else:
            self._believe(likely)
        self.show_all()

    def _believe(self, likely: Plan | Refusal) -> None:
        """Show the default: Proxmox links templates, and copies the rest."""
        if isinstance(likely, Refusal):
            self._known = [[(likely.reason, "warn")]]
            return
        self._known, self._template = [], not likely.options["full"]
        if not self._template:
            self._chosen |= {"full"}
