"""How processes sign, and that others can tell a daemon by it."""

import os
import socket

from proximity_tui.core import owners


def test_a_signature_tells_host_and_process_and_is_never_the_same_twice() -> None:
    signed = owners.sign()
    assert owners.read(signed) == owners.Owner(socket.gethostname(), os.getpid(), daemon=False)
    assert str(owners.read(signed)) == f"{socket.gethostname()}:{os.getpid()}"
    assert owners.sign() != signed


def test_a_daemon_is_told_by_its_signature() -> None:
    daemon = owners.read(owners.sign(owners.DAEMON))
    assert daemon.daemon
    assert str(daemon) == f"{socket.gethostname()}:{os.getpid()} (daemon)"


def test_what_is_no_signature_is_still_somebody() -> None:
    assert owners.read("somebody") == owners.Owner("somebody", None, daemon=False)
    assert str(owners.read("jump1:x:daemon-1")) == "jump1 (daemon)"
