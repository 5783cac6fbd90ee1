"""How processes sign, and that others can tell a daemon by it."""

import os
import socket
from pathlib import Path

import pytest

from proximity_tui.core.base import process_id


def test_a_signature_tells_host_and_process_and_is_never_the_same_twice() -> None:
    signed = process_id.sign()
    mine = process_id.Owner(socket.gethostname(), os.getpid(), daemon=False, namespace=process_id.namespace())
    assert process_id.read(signed) == mine
    assert str(process_id.read(signed)) == f"{socket.gethostname()}:{os.getpid()}"
    assert process_id.sign() != signed


def test_a_daemon_is_told_by_its_signature() -> None:
    daemon = process_id.read(process_id.sign(process_id.DAEMON))
    assert daemon.daemon
    assert str(daemon) == f"{socket.gethostname()}:{os.getpid()} (daemon)"


def test_what_is_no_signature_is_still_somebody() -> None:
    assert process_id.read("somebody") == process_id.Owner("somebody", None, daemon=False)
    assert str(process_id.read("jump1:x:daemon-1")) == "jump1 (daemon)"


def test_the_namespace_of_its_pid_is_told_where_the_kernel_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (process_id.namespace() or "").isdecimal()
    assert process_id.read("jump1:7:daemon-c0ffee.4026531836") == process_id.Owner("jump1", 7, True, "4026531836")
    assert process_id.read("jump1:7:c0ffee").namespace is None, "an earlier version does not tell"
    monkeypatch.setattr(process_id, "NAMESPACE", Path("/nowhere"))
    assert process_id.read(process_id.sign()).namespace is None
