"""The commands for an alert, on the list and on its page: acknowledge it, answer the breaker, re-attach, restore.

The dialogs return an answer; its consequences happen here, through the controller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import TypeVar

from textual import work

from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.model.alert import Alert, AlertKind
from proximity_tui.core.model.job import BreakerAnswer
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import breakers
from proximity_tui.screens.alerts.dialogs import AcknowledgeDialog, BreakerDialog, HeldCluster, held_cluster
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.presentation.alert_text import alert_sentence
from proximity_tui.screens.presentation.container_cells import ONLY_GONE
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm

ONLY_FOR = {
    "breaker": frozenset({AlertKind.MASS_DISAPPEARANCE}),
    "reattach": frozenset({AlertKind.RETURNED}),
    "restore": frozenset({AlertKind.ANOMALOUS_ORPHAN, AlertKind.LOST_IN_ERROR}),
    "drift": frozenset({AlertKind.DRIFT}),
    "retrust": frozenset({AlertKind.CERTIFICATE_CHANGED, AlertKind.CLUSTER_CHANGED, AlertKind.QUORUM_LOST}),
}
"""Commands that only some kinds of alerts have a use for."""


C = TypeVar("C", bound="AlertCommands")


def for_one(command: Callable[[C], None]) -> Callable[[C], None]:
    """Return a command that is done about one alert, and not while several are marked."""

    @wraps(command)
    def done(screen: C) -> None:
        if not screen.are_several():
            command(screen)

    return done


class AlertCommands(BaseScreen):
    """A screen with a current alert."""

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that do not apply to the alert that they would be about."""
        alert = self.meant_alert()
        return super().idle_commands() | {one for one in ONLY_FOR if not _is_for(one, alert)}

    def current_alert(self) -> Alert | None:
        """Return the alert that a command is about, or None."""
        raise NotImplementedError

    def meant_alert(self) -> Alert | None:
        """Return the alert that a command for one is about: the current one."""
        return self.current_alert()

    def are_several(self) -> bool:
        """Return whether several alerts are marked, and say that this is too many: here none can be marked."""
        return False

    def target_alerts(self) -> Sequence[Alert]:
        """Return the alerts that an acknowledgement is about: the current one."""
        alert = self.current_alert()
        return () if alert is None else (alert,)

    def was_acknowledged(self, alert: Alert) -> None:
        """Hear that an alert was acknowledged here."""

    def do_acknowledge(self) -> None:
        """Ask for a note, and record it with the acknowledgement of each alert."""
        chosen = self.target_alerts()
        waiting = [alert for alert in chosen if alert.acknowledged is None]
        if not chosen:
            self.app.show_message("No listed alert is selected. Nothing was acknowledged.")
            return
        if not waiting:
            by = ", ".join(sorted({alert.acknowledged.by for alert in chosen if alert.acknowledged is not None}))
            what = "this alert" if len(chosen) == 1 else "these alerts"
            self.app.show_message(f"{by} has already acknowledged {what}.")
            return

        def answered(note: str | None) -> None:
            if note is not None:
                self._acknowledge(waiting, note)

        actor = str(self.controller.context.engine.settings.actor)
        self.app.push_screen(AcknowledgeDialog(waiting, actor, self.controller.clock.now()), answered)

    @for_one
    def do_undo(self) -> None:
        """Ask whether the acknowledgement of the alert is to be taken back."""
        alert = self.meant_alert()
        if alert is None or alert.acknowledged is None:
            self.app.show_message(f"This alert is not acknowledged. {bound_key('all_alerts')} shows those that are.")
            return
        self.app.routes.open_undo(alert=alert.id)

    @for_one
    def do_breaker(self) -> None:
        """Ask about the containers that vanished at once."""
        alert = self.meant_alert()
        if alert is None or not _is_for("breaker", alert) or alert.cluster is None:
            self.app.show_message("This alert has no breaker. Only a mass disappearance has one.")
            return
        self.ask_first(partial(held_cluster, alert.cluster), partial(self._ask_breaker, alert.cluster))

    def _ask_breaker(self, cluster: str, found: HeldCluster | None) -> None:
        if found is None:
            self.app.show_message(f"The breaker no longer holds {cluster}.")
            return

        def answered(answer: BreakerAnswer | None) -> None:
            if answer is not None:
                self._answer(found, answer)

        self.app.push_screen(BreakerDialog(found), answered)

    @for_one
    def do_reattach(self) -> None:
        """Explain re-attaching, and do it after a yes."""
        alert = self.meant_alert()
        if alert is None or not _is_for("reattach", alert) or alert.container is None:
            self.app.show_message("Only a container that came back can be re-attached.")
            return
        tombstone = alert.container

        def answered(yes: bool | None) -> None:
            if yes:
                self.controller.begin(f"re-attach {alert.name}", self.controller.context.engine.reattach, tombstone)

        lines = [
            alert.message,
            "This creates a new record of the same kind, with a new clinical record. The history continues.",
            "The container is inspected first and must have the same fingerprint. Nothing changes on Proxmox.",
        ]
        yes = Button("reattach", "Re-attach", True)
        no = Button("cancel", "Cancel", False)
        self.app.push_screen(Confirm(f"Re-attach {alert.name}?", lines, [yes], cancel=no), answered)

    @for_one
    def do_restore(self) -> None:
        """Open the dialog that brings the container of the alert back from a backup."""
        alert = self.meant_alert()
        if alert is None or not _is_for("restore", alert) or alert.container is None:
            self.app.show_message(ONLY_GONE)
        else:
            self.app.routes.open_restore(alert.container)

    @for_one
    def do_drift(self) -> None:
        """Open what changed in the config of the container that the alert is about."""
        alert = self.meant_alert()
        if alert is None or not _is_for("drift", alert) or alert.container is None:
            self.app.show_message("This alert is not about a changed config.")
        else:
            self.app.routes.open_drift(alert.container)

    @for_one
    def do_retrust(self) -> None:
        """Show the change of trust, and record it if the person confirms."""
        alert = self.meant_alert()
        if alert is None or not _is_for("retrust", alert):
            self.app.show_message("Only a changed certificate or another cluster can be trusted again.")
        elif alert.cluster is not None and alert.cluster in self.controller.context.clients:
            self.app.routes.open_retrust(alert.cluster)
        else:
            self.app.show_message(f"{alert.cluster} is not a cluster of this context.", bad=True)

    @work(group="acknowledge")
    async def _acknowledge(self, chosen: Sequence[Alert], note: str) -> None:
        """Acknowledge one after the other. One that cannot be acknowledged affects none of the others."""
        actor, done, problems = self.controller.context.engine.settings.actor, 0, list[str]()
        for alert in chosen:
            try:
                await self.controller.write(alerts.acknowledge, alert.id, actor, note)
                self.was_acknowledged(alert)
                done += 1
            except StoreError as error:
                problems.append(str(error))
        if done == 1 and len(chosen) == 1:
            self.app.show_message(f"Acknowledged: {alert_sentence(chosen[0], self.controller.clock.now())}")
        elif done:
            self.app.show_message(f"{done} of {len(chosen)} alerts acknowledged.")
        for problem in dict.fromkeys(problems):
            self.app.show_message(problem, bad=True)

    @work(group="breaker")
    async def _answer(self, question: HeldCluster, answer: BreakerAnswer) -> None:
        """Record the answer to exactly the shown question, and run the reconciler at once."""
        give = breakers.approve if answer is BreakerAnswer.APPROVED else breakers.dismiss
        seen, actor = frozenset(question.names), self.controller.context.engine.settings.actor
        try:
            await self.controller.write(give, question.cluster, actor, seen=seen)
        except StoreError as error:
            self.app.show_message(str(error), bad=True)
            return
        self.app.show_message(f"The mass disappearance in {question.cluster} is {answer}.")
        await self.controller.ask(self.controller.services.run_now, RECONCILER, [question.cluster])


def _is_for(command: str, alert: Alert | None) -> bool:
    if alert is None or alert.kind not in ONLY_FOR[command]:
        return False
    # A quorum that is lost comes back by itself, but not where a part of a cluster answers for it.
    return alert.kind != AlertKind.QUORUM_LOST or "alone" in alert.evidence
