"""The remedy of a finding: the dialog, list or page that does something about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from proximity_tui.core.model.lint_report import LintFinding, Remedy
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.keyboard.screen_ids import ScreenId


def open_remedy(screen: BaseScreen, finding: LintFinding) -> None:
    """Open what does something about a finding, from the screen that lists it."""
    _REMEDIES[finding.remedy](screen, finding)


def _page(screen: BaseScreen, finding: LintFinding) -> None:
    """Open the page of the container, whose keys do it; of what is no container, say the command that does it."""
    if finding.container is not None:
        screen.app.routes.open_container(finding.container)
    else:
        screen.app.show_message(f"{finding.reason}. proximity-tui {finding.command}")


def _edit(screen: BaseScreen, finding: LintFinding) -> None:
    if finding.container is not None:
        screen.app.routes.open_edit([finding.container])


def _drift(screen: BaseScreen, finding: LintFinding) -> None:
    if finding.container is not None:
        screen.app.routes.open_drift(finding.container)


def _snapshots(screen: BaseScreen, finding: LintFinding) -> None:
    if finding.container is not None:
        screen.app.routes.open_snapshots(finding.container)


def _backups(screen: BaseScreen, finding: LintFinding) -> None:
    if finding.container is not None:
        screen.app.routes.open_backups(finding.container)


def _alert(screen: BaseScreen, finding: LintFinding) -> None:
    if finding.alert is not None:
        screen.app.routes.open_alert(finding.alert)


def _ports(screen: BaseScreen, finding: LintFinding) -> None:
    screen.app.routes.go(ScreenId.PORTS)
    if finding.vmid is not None:
        screen.app.routes.narrow(f"vmid:{finding.vmid}")


_REMEDIES: Mapping[Remedy, Callable[[BaseScreen, LintFinding], None]] = {
    Remedy.BACK_UP: _backups,
    Remedy.EDIT: _edit,
    Remedy.DRIFT: _drift,
    Remedy.SNAPSHOTS: _snapshots,
    Remedy.PORTS: _ports,
    Remedy.ALERT: _alert,
    Remedy.PAGE: _page,
}
