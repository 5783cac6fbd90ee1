"""What the next steps for an alert name besides the alert itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from proximity_tui.core.base.value_object import value_object

DEFAULT_KEYS: Mapping[str, str] = {
    "unmanaged": "2",
    "nodes": "6",
    "tasks": "8",
    "delete": "ctrl+d",
    "raw": "y",
    "history": "h",
    "log": "l",
    "drift": "d",
    "accept": "A",
    "revert": "b",
    "acknowledge": "x",
    "breaker": "b",
    "reattach": "a",
    "restore": "R",
    "retrust": "f",
}
"""The keys on the screens, by command, as they are without a configuration: for a reader whose keys are not known."""


@value_object
class StepFacts:
    """The facts: `token` is the id of our token on the cluster, `key` returns the key of a command on the screens."""

    token: str
    key: Callable[[str], str] = DEFAULT_KEYS.__getitem__
