"""The keys of a widget that has the focus, done at once: Textual has each go up to the App, which returns it."""

from textual import events
from textual.widget import Widget


class OwnKeys(Widget):
    """A widget with keys that nothing it stands in takes before it; its own are the first that the App looks at."""

    async def on_key(self, event: events.Key) -> None:
        """Do what the key is bound to here. In a dialog it goes up: there a letter may be text for a field."""
        if not self.screen.is_modal and await self._act_on(event.key):
            event.stop()

    async def _act_on(self, key: str) -> bool:
        bindings = self._bindings.copy()
        bindings.apply_keymap(self.app._keymap)
        for binding in bindings.key_to_bindings.get(key, ()):
            if not binding.priority and await self.app.run_action(binding.action, self):
                return True
        return False
