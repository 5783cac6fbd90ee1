"""The dialog that reserves, moves or releases a public port: a form, the plan of what is typed, and the yes to it."""

from __future__ import annotations

from functools import partial

from proximity_tui.core.engine.operations.actions import change_ports
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.port_plan import PortPlan, PortRequest
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.widgets.background_work import in_background


class PortDialog(FormDialog[PortRequest, PortPlan]):
    """A dialog that carries the confirmed change out in our registry. A release has no form: it is planned at once."""

    def agree(self, plan: PortPlan, request: PortRequest) -> None:
        """Carry the plan out; what is refused stays in sight."""
        self.busy = True
        in_background(self, partial(self._execute, plan))

    async def _execute(self, plan: PortPlan) -> None:
        controller = self.app.controller
        engine = controller.context.engine
        try:
            done = await controller.write(change_ports.execute, plan, engine.settings, engine.clock.now())
        except StoreError as error:
            self.reject(str(error))
            return
        if isinstance(done, Refusal):
            self.reject(done.reason)
        else:
            self.app.show_message(f"Done: {plan.summary}.")
            self.dismiss()
