"""What a terminal sends at once, as over a slow line, and waiting until all of it has had its effect."""

from typing import Any

from textual.message import Message
from textual.pilot import Pilot

from proximity_tui.widgets.terminal.driver import TerminalInput
from tests.support.timing.until import until
from tests.terminal.pty import KEYS

BEGIN, END = "\x1b[200~", "\x1b[201~"


def pasted(text: str) -> str:
    """A paste as a terminal frames it."""
    return f"{BEGIN}{text}{END}"


async def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Send keys by name, or texts as they are, before any of them can act."""
    source, now = TerminalInput(), 0.0
    messages: list[Message] = []
    for key in keys:
        # Time enough between two that escape and the next one are not taken for one key with alt.
        sent = f"\x1b{key[-1]}" if key.startswith("alt+") else KEYS.get(key, key)
        messages += [*source.feed(sent, now), *source.tick(now + 1)]
        now += 2
    for message in messages:
        pilot.app.post_message(message)
    app: Any = pilot.app
    await until(pilot, lambda: app.keys.is_idle and not app.message_queue_size)
