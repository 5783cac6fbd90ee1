"""The fingerprint that an unfinished operation of ours may have given its guest: what it is recognised by meanwhile.

A roll back to a snapshot, and a change of hardware addresses or of the name, change what a guest is recognised by. Our
record follows once that is observed; until then, also after our process died, the guest is not another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.observation.identity import compare, identify
from proximity_tui.core.model import Container, Fingerprint, Identity, IdentityCause, Match
from proximity_tui.core.model.guests.guest_config import Device, properties

if TYPE_CHECKING:
    from proximity_tui.core.model import Plan
    from proximity_tui.core.model.actions.plan_options import ConfigChange

_OUR_DOING = Identity(Match.UNSURE, ("an unfinished operation of ours changed it",), IdentityCause.OUR_OPERATION)


def expected_fingerprint(plan: Plan) -> Fingerprint | None:
    """Return the fingerprint that a plan may give its guest; None where that stays as it is."""
    # Every list of guests is compared, and hardly any while an operation holds one.
    from proximity_tui.core.model.actions.plan_options import ChangeOptions, RollbackOptions

    options, before = plan.options, plan.fingerprint
    if isinstance(options, RollbackOptions):
        return options.fingerprint
    if not isinstance(options, ChangeOptions) or before is None:
        return None
    after = _changed(before, options.changes)
    return None if after == before else after


def recognise(container: Container, seen: Fingerprint | None, lock: str | None = None) -> Identity:
    """Return whether a guest is the recorded one, as `identify` does; unsure, and not different, with that as its
    reason, where it is what the operation that holds the record makes of it.
    """
    identity = identify(container, seen, lock)
    if identity.match is Match.SAME or container.expected_fingerprint is None:
        return identity
    return _OUR_DOING if compare(container.expected_fingerprint, seen, lock).match is Match.SAME else identity


def is_our_doing(identity: Identity) -> bool:
    """Return whether a guest was recognised by what the operation that holds the record makes of it."""
    return identity.cause is IdentityCause.OUR_OPERATION


def became_as_expected(container: Container, seen: Fingerprint | None) -> bool:
    """Return whether a guest is not as it was recorded, but what the operation that holds the record makes of it."""
    expected = container.expected_fingerprint
    if seen is None or expected is None or compare(container.fingerprint, seen).match is Match.SAME:
        return False
    return compare(expected, seen).match is Match.SAME


def _changed(before: Fingerprint, changes: Sequence[ConfigChange]) -> Fingerprint:
    name = next((one.value for one in changes if one.key == "hostname"), before.hostname)
    # All at once: two cards may change their addresses for each other's.
    cards = [one for one in changes if one.key.startswith(Device.NETWORK)]
    gone = frozenset[str]().union(*(_address(one.before) for one in cards))
    new = frozenset[str]().union(*(_address(one.value) for one in cards))
    return replace(before, hostname=name, hwaddrs=(before.hwaddrs - gone) | new)


def _address(card: str | None) -> frozenset[str]:
    address = properties(card or "").named.get("hwaddr")
    return frozenset() if address is None else frozenset({address.upper()})
