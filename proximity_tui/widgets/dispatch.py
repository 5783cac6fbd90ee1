"""The handlers of a message, looked up once for each kind of widget and message.

Textual 8.2.8 goes through all classes that a widget descends from each time, and asks each for three names: more than a
thousand questions for a key, most of them for messages that nobody handles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from textual._on import OnNoWidget
from textual.css.match import match
from textual.css.model import SelectorSet
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widget import Widget

TEXTUALS_OWN = MessagePump._get_dispatch_methods
"""What `dispatch_methods` takes the place of."""

Handler = Callable[..., Any]
Selectors = Mapping[str, tuple[SelectorSet, ...]]


class Handlers(NamedTuple):
    """What one class has for one kind of message."""

    owner: type
    decorated: Sequence[tuple[Handler, Selectors]]
    named: Handler | None


def handlers(pump: type[MessagePump], name: str, message: type[Message]) -> Sequence[Handlers]:
    """Return the classes of a widget that handle a kind of message, by decoration or by the `name` of a method."""
    known = _KNOWN.get((pump, name, message))
    if known is None:
        kinds = [kind for kind in message.__mro__ if issubclass(kind, Message)]
        found = (_handlers_of(owner, name, kinds) for owner in pump.__mro__)
        known = _KNOWN[pump, name, message] = tuple(one for one in found if one.decorated or one.named is not None)
    return known


_KNOWN: dict[tuple[type, str, type], Sequence[Handlers]] = {}


def _handlers_of(owner: type, name: str, kinds: Sequence[type[Message]]) -> Handlers:
    own = vars(owner)
    by_kind: Mapping[type[Message], Sequence[tuple[Handler, Selectors]]] = own.get("_decorated_handlers") or {}
    named = own.get(f"_{name}") or own.get(name)
    is_decorated = named is not None and getattr(named, "_textual_on", None)
    return Handlers(owner, [one for kind in kinds for one in by_kind.get(kind, ())], None if is_decorated else named)


def dispatch_methods(pump: MessagePump, name: str, message: Message) -> Iterator[tuple[type, Handler]]:
    """Yield what handles a message, the nearest class first, until one of them prevents the others."""
    dispatched = set[Handler]()
    for owner, decorated, named in handlers(type(pump), name, type(message)):
        if message._no_default_action:
            return
        for handler, selectors in decorated:
            if handler not in dispatched and _is_for(message, selectors):
                yield owner, handler.__get__(pump, owner)
                dispatched.add(handler)
        if named is not None:
            yield owner, named.__get__(pump, owner)


def _is_for(message: Message, selectors: Selectors) -> bool:
    """Return whether a message comes from where a handler expects it. Raises OnNoWidget."""
    if not selectors:
        return True
    if not message._sender:
        return False
    for attribute, selector in selectors.items():
        node = getattr(message, attribute)
        if node is None:
            return False
        if not isinstance(node, Widget):
            raise OnNoWidget(f"on decorator can't match against {attribute!r} as it is not a widget.")
        if not match(selector, node):
            return False
    return True
