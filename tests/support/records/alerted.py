"""What people are told: the one alert of a kind, and the kinds that are open."""

from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.store.alerts import alerts


def the_alert(kind: AlertKind) -> Alert:
    """The only alert of a kind, whatever became of it; there must be one."""
    (found,) = [alert for alert in alerts.all_alerts() if alert.kind == kind]
    return found


def the_open_alert(kind: AlertKind) -> Alert:
    """The only alert of a kind that is open; there must be one."""
    (found,) = [alert for alert in alerts.open_alerts() if alert.kind == kind]
    return found


def open_kinds() -> list[tuple[str, Severity]]:
    """Kind and severity of every open alert, sorted."""
    return sorted((alert.kind, alert.severity) for alert in alerts.open_alerts())
