"""What screens find in their App: the desk, the keys, and the ways to other screens."""

from __future__ import annotations

from proximity_tui.screens.desk.calm import CalmApp
from proximity_tui.screens.desk.desk import Desk
from proximity_tui.screens.desk.routes import Routes
from proximity_tui.screens.keyboard.keymap import Keymap


class DeskApp(CalmApp):
    """An App with a desk, as screens see it: `app = getters.app(DeskApp)`, then `self.app.desk`."""

    desk: Desk
    keymap: Keymap
    routes: Routes
