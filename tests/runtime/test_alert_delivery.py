"""Who is told of alerts once their secret can be read: it could not when the process started."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.runtime import alert_delivery
from proximity_tui.runtime.alert_delivery import AlertDelivery
from tests.screens.stage import Stage
from tests.support.timing.waiting import until


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A channel whose file is not there yet, and another one behind a command that fails and counts that."""
    (tmp_path / "vault").write_text(f"#!/bin/sh\necho >> {tmp_path}/asked\ncat {tmp_path}/later.url\n")
    (tmp_path / "vault").chmod(0o700)
    oncall = '[[notify]]\nname = "oncall"\nurl = { file = "oncall.url" }'
    later = f'[[notify]]\nname = "later"\nurl = {{ command = "{tmp_path}/vault" }}'
    stage = Stage(tmp_path, clusters=("lab",), extra=f"{oncall}\n{later}")
    yield stage
    stage.close()


def senders() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("sender to ")}


def test_a_channel_whose_secret_can_be_read_later_is_told_from_then_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(alert_delivery, "EVERY", 0.01)
    delivery = AlertDelivery(token_of=str, may_send=lambda alert: True)
    delivery.fetch(stage.context)
    delivery.prepare(stage.context)
    delivery.start(stage.context)
    assert senders() == set()
    _put(stage.folder / "oncall.url")
    until(lambda: senders() == {"sender to channel oncall"})
    _put(stage.folder / "later.url")
    assert (stage.folder / "asked").read_text() == "\n", "it may ask a person for a key, so it is not asked again soon"
    monkeypatch.setattr(alert_delivery, "EVERY_COMMAND", 0.0)
    until(lambda: len(senders()) == 2)
    delivery.stop(30.0)
    until(lambda: senders() == set())
    said = [record.getMessage() for record in caplog.records]
    assert sum(line.startswith("no messages on the channel ") for line in said) == 2, "each is told once"
    assert "alerts are sent to oncall from now on" in said


def _put(file: Path) -> None:
    """Put a URL there, whole and for us alone."""
    draft = file.with_suffix(".draft")
    draft.write_text("json://127.0.0.1:9/")
    draft.chmod(0o600)
    draft.replace(file)
