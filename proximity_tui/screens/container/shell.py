"""The shell in a container: the screen is left, the configured command runs, the screen comes back."""

from __future__ import annotations

import shlex

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.widgets.terminal.suspend import NotRun, ProgramResult, run_outside


def open_shell(app: ControllerApp, cluster: str, node: str | None, vmid: int | None) -> None:
    """Run the `shell` command of the settings for a guest. It blocks on purpose; polling goes on behind it."""
    if node is None or vmid is None:
        app.show_message("The node is not known, so no shell can be opened.", bad=True)
        return
    if app.controller.context.simulated:
        app.show_message(
            "A simulated container has no shell: this would run `"
            + shlex.join(app.controller.context.settings.shell_argv(cluster=cluster, node=node, vmid=vmid))
            + "`."
        )
        return
    ended = run_outside(app, app.controller.context.settings.shell_argv(cluster=cluster, node=node, vmid=vmid))
    app.drop_typed_to_others()
    if isinstance(ended, NotRun):
        app.show_message(ended.reason, bad=True)
    elif ended.code != 0:
        app.show_message(ending(ended), bad=True)
    app.controller.want(cluster)


def ending(ended: ProgramResult) -> str:
    """Return how a shell ended that did not end well, and why as far as that is known."""
    how = f"with status {ended.code}" if ended.code > 0 else f"by signal {-ended.code}"
    return f"The shell ended {how}" + (f": {ended.last_words}" if ended.last_words else ".")
