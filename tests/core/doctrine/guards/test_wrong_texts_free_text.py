"""One rule for every text that a person writes and Proxmox keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.doctrine.actions.backup.backup_now import check_request as check_backup
from proximity_tui.core.doctrine.actions.changing.settings import check_setting
from proximity_tui.core.doctrine.actions.snapshot.snapshot_rules import check_note
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_text
from proximity_tui.core.model import Refusal, names
from proximity_tui.core.model.actions.plan_options import ConfigChange

ESC = "\x1b[31mred"
TURNED = "exe\u202egpj"
LINES = "one\r\ntwo\tthree"


def setting(key: str) -> Callable[[str], Refusal | None]:
    return lambda text: check_setting(ConfigChange(key, text), {})


EVERYWHERE: dict[str, Callable[[str], object]] = {
    "description": setting("description"),
    "tags": setting("tags"),
    "hostname": setting("hostname"),
    "timezone": setting("timezone"),
    "entrypoint": setting("entrypoint"),
    "env": setting("env"),
    "network card": lambda text: setting("net0")(f"name=eth0,bridge=vmbr0,link={text}"),
    "note of a snapshot": check_note,
    "note of a backup": lambda text: check_backup(BackupRequest(note=text)),
    "address of a mail": lambda text: check_backup(BackupRequest(notify=(text,))),
    "backup to restore": lambda text: not names.is_volume(f"local:backup/{text}"),
    "template": lambda text: not names.is_template(f"local:vztmpl/{text}"),
}


@pytest.mark.parametrize("bad", [ESC, "null\x00", "C1\x9b31m"], ids=["ESC", "NUL", "CSI"])
@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_control_character_is_refused_wherever_a_text_goes_to_proxmox(where: str, bad: str) -> None:
    if (where, bad) != ("env", "null\x00"):
        assert EVERYWHERE[where](bad), f"{bad!r} is accepted as {where}"


def test_a_description_and_the_note_of_a_backup_may_have_lines() -> None:
    assert EVERYWHERE["description"](LINES) is None
    assert EVERYWHERE["note of a backup"]("one\ntwo") is None
    assert wrong_text("one\ntwo") == "one line, without a line break"
    assert wrong_text(TURNED, lines=True) == "without the control character U+202E"
    assert wrong_text("naïve 漢 \N{HEAVY BLACK HEART}\ufe0f") is None
    assert wrong_text("12345", longest=4) == "at most 4 characters"


@pytest.mark.parametrize("note", ["{{guestname}} on {{node}}", "{{cluster}}/{{vmid}}", "{one} {{ brace }", "plain"])
def test_a_note_may_have_the_variables_of_proxmox(note: str) -> None:
    assert check_backup(BackupRequest(note=note)) is None


@pytest.mark.parametrize("name", ["evil", "", " node", "guestname\n"])
def test_a_variable_that_proxmox_does_not_know_is_refused_with_the_known_ones(name: str) -> None:
    refused = check_backup(BackupRequest(note=f"before {{{{{name}}}}} {{{{node}}}}"))
    assert refused is not None
    assert "is not a variable of Proxmox, which knows {{cluster}}, {{guestname}}, {{node}}, {{vmid}}" in refused.reason
