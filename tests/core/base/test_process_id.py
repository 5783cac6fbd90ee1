"""How processes sign, and that others can tell a daemon by it."""

import os
import socket

from proximity_tui.core.base import process_id


def test_a_signature_tells_host_and_process_and_is_never_the_same_twice() -> None:
    signed = process_id.sign()
    assert process_id.read(signed) == process_id.Owner(socket.gethostname(), os.getpid(), daemon=False)
    assert str(process_id.read(signed)) == f"{socket.gethostname()}:{os.getpid()}"
    assert process_id.sign() != signed


def test_a_daemon_is_told_by_its_signature() -> None:
    daemon = process_id.read(process_id.sign(process_id.DAEMON))
    assert daemon.daemon
    assert str(daemon) == f"{socket.gethostname()}:{os.getpid()} (daemon)"


def test_what_is_no_signature_is_still_somebody() -> None:
    assert process_id.read("somebody") == process_id.Owner("somebody", None, daemon=False)
    assert str(process_id.read("jump1:x:daemon-1")) == "jump1 (daemon)"
