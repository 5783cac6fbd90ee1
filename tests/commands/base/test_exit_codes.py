"""What a script learns of an error of Proxmox, and of one that Proxmox never heard of."""

from __future__ import annotations

import pytest

from proximity_tui.commands.base.exit_codes import Exit, ending_of
from proximity_tui.core.proxmox import errors, paths


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.GuestNotFound("CT 101 is not there", node="pve1", vmid=101), Exit.NOT_FOUND),
        (errors.RefusedByProxmox("no", reason="no"), Exit.FAILED),
        (errors.Unreachable("lab does not answer"), Exit.UNANSWERED),
        (errors.Unknown("no answer within 20 s"), Exit.UNANSWERED),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_proxmox_said_or_did_not_say_has_its_code(error: errors.ProxmoxError, code: Exit) -> None:
    ending = ending_of(error)
    assert ending is not None
    assert (ending.code, ending.sentence) == (code, error.sentence)


def test_a_name_that_cannot_be_sent_is_neither_a_silence_nor_an_absence() -> None:
    with pytest.raises(errors.InvalidName) as caught:
        paths.guest("pve1", -7)
    ending = ending_of(caught.value)
    assert ending is not None
    assert (ending.code, ending.document) == (Exit.USAGE, {"success": False, "error": caught.value.sentence})
