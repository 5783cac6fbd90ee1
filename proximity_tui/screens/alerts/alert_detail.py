"""The background of an alert, read at once. Reading it blocks, so the controller does it."""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import Alert, ChannelDelivery
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.store_errors import RecordNotFound, StoreError
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.core.store.records.clinical_records import Revision
from proximity_tui.screens.alerts.dialogs import HeldCluster, held_cluster


@value_object
class AlertDetail:
    """An alert with its record (often closed by now) and its last clinical record."""

    alert: Alert
    container: Container | None = None
    revision: Revision | None = None
    unreadable: str | None = None
    """Why the clinical record could not be read."""
    breaker: HeldCluster | None = None
    """The open question of the cluster, if there is one."""
    sent: tuple[ChannelDelivery, ...] = ()
    """The messages about it and about its end, one of each a channel."""


def gather(alert_id: int) -> AlertDetail:
    """Return the detail of an alert. Raises StoreError, `RecordNotFound` included."""
    alert = alerts.get(alert_id)
    question = held_cluster(alert.cluster) if alert.cluster is not None else None
    sent = notifications.all_deliveries(alert_id)
    detail = AlertDetail(alert, breaker=question, sent=sent)
    if alert.container is None:
        return detail
    try:
        container = records.get(alert.container)
    except RecordNotFound:
        return detail
    try:
        return replace(detail, container=container, revision=clinical_records.latest(container.id))
    except StoreError as error:
        return replace(detail, container=container, unreadable=str(error))
