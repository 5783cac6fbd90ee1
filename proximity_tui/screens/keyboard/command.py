"""One command of the screens: its name, its keys, its words, and where it applies."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.keyboard.screen_ids import EVERYWHERE, ScreenId


@value_object
class ScreenCommand:
    """One command. `keys` are Textual's names; `help` is one sentence, `words` the text in the footer."""

    id: str
    keys: tuple[str, ...]
    words: str
    help: str
    where: frozenset[ScreenId] = EVERYWHERE
    mutating: bool = False
    """Whether it leads to a change; read-only mode refuses it then."""
    typed_first: bool = False
    """Whether a change needs a text typed after the key, so that its key may be the capital of a harmless one."""
    rank: int = 0
    """How early the footer shows it where there is little room: 1 is first, 0 never."""
    argument: str = ""
    """What has to follow it on the `:` line, as the help calls it; such a command may have no key."""
    optional: bool = False
    """Whether the argument may be left out."""
    means: str = ""
    """The command with its argument that the key stands for, where it is not a command of its own."""

    @property
    def keeps_apart(self) -> bool:
        """True when a slip must not lead to it: its key is not enter or space, or the capital of a harmless one."""
        return self.mutating and not self.typed_first
