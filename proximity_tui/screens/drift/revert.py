"""The dialog that sets a config back: what is written, what is left, and whether what needs a restart is taken, too."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.settings import differences
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import ChangeOptions
from proximity_tui.core.store.records import records
from proximity_tui.screens.by_hand.dialog import PlanDialog
from proximity_tui.widgets.confirm import Button, Confirm
from proximity_tui.widgets.table.cells import Cell


@value_object
class RevertPlans:
    """The plan of what a running container takes at once, and the one of everything; both from one inspection."""

    container: Container
    at_once: Plan | Refusal
    whole: Plan | Refusal

    @property
    def is_possible(self) -> bool:
        """True where anything can be set back."""
        return isinstance(self.at_once, Plan) or isinstance(self.whole, Plan)

    @property
    def refusal(self) -> str:
        """Why nothing can be set back."""
        return self.whole.reason if isinstance(self.whole, Refusal) else ""


def plans_of(engine: Engine, container_id: int, number: int | None) -> RevertPlans:
    """Return the plans that set a container back to a revision, or to the baseline (None). Raises StoreError."""
    container = records.get(container_id)
    seen = engine.inspect(container)
    at_once = engine.plan_revert(container, number, lookup=seen)
    return RevertPlans(container, at_once, engine.plan_revert(container, number, with_restart=True, lookup=seen))


class RevertDialog(PlanDialog[Plan | None], Confirm[Plan | None]):
    """A dialog that shows the plan and returns the one that was chosen, or None."""

    def __init__(self, plans: RevertPlans) -> None:
        shown = plans.at_once if isinstance(plans.at_once, Plan) else plans.whole
        assert isinstance(shown, Plan), "what is not possible is not asked"
        self._shown = shown
        buttons: list[Button[Plan | None]] = []
        if isinstance(plans.at_once, Plan):
            buttons.append(Button("set-back", "Set back", plans.at_once))
        if isinstance(plans.whole, Plan) and plans.whole.options != getattr(plans.at_once, "options", None):
            buttons.append(Button("set-back-all", "Also what needs a restart", plans.whole))
        super().__init__(
            f"Set the config of {plans.container.name} back",
            [
                *(Cell(f"  {line}", "warn") for line in _lines(shown)),
                "One write, with the digest of what is shown: if anybody changes the config meanwhile, it is refused.",
                *(Cell(f"{masked_text(warning, leaving=False)}.", "dim") for warning in shown.warnings),
            ],
            buttons,
            cancel=Button("cancel", "Cancel", None),
        )

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan that is shown."""
        return (self._shown,)


def _lines(plan: Plan) -> list[str]:
    changes = plan.options.changes if isinstance(plan.options, ChangeOptions) else ()
    return [masked_text(line, leaving=False) for change in changes for line in differences(change)]
