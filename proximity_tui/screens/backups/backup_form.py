"""The form for a backup of one container: where to, how, and with which note."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest, check_request
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import BackupMode, Compression, Container, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import BackupOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.records import records
from proximity_tui.screens.request.request_form import ContainerForm
from proximity_tui.screens.text.form import Field, read_fields

FIELDS = (
    Field("storage", "storage", optional=True, offered=True, hint="empty: where the last backup is"),
    Field("mode", "mode", value=BackupMode.SNAPSHOT.value, offered=True, hint="snapshot, suspend or stop"),
    Field("note", "note", optional=True, hint="empty: the name of the container"),
)

MORE = (
    Field("compress", "compression", value=Compression.ZSTD.value, offered=True, hint="zstd, gzip, lzo or none"),
    Field("notify", "mail to", optional=True, hint="empty: no mail is sent"),
)


@value_object
class BackupForm(ContainerForm[BackupRequest]):
    """What can be chosen about a backup."""

    VERB: ClassVar[str] = "backup"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    MORE: ClassVar[Sequence[Field]] = MORE
    CHOICES: ClassVar[Mapping[str, str]] = {"protect": "protect it"}

    DOES: ClassVar[str] = "Back up"

    def words_of(self, record: Container) -> str:
        """Return nothing: there is nothing to wait for."""
        return ""

    def choice(self, name: str) -> tuple[str, bool]:
        """Return what protecting does."""
        return "no retention removes it", True

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> BackupRequest | dict[str, str]:
        values, problems = read_fields((*FIELDS, *MORE), typed, _read)
        return problems or BackupRequest(protected="protect" in chosen, **values)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the storages of the container's node that take backups, the modes and the compressions."""
        node = self.record.node if self.record is not None else None
        storages = client.storages(node, "backup") if node is not None else ()
        return {
            "storage": [storage.name for storage in storages if storage.active],
            "mode": [mode.value for mode in BackupMode],
            "compress": [one.value for one in Compression],
        }

    def takes_down(self, plan: Plan) -> bool:
        """Return whether it is down for as long as the backup takes."""
        return plan.carries(BackupOptions).mode is BackupMode.STOP

    def plan(self, engine: Engine, request: BackupRequest) -> Plan | Refusal:
        """Return the plan from the record as it is now, and a fresh inspection of its guest."""
        return engine.plan_backup(records.get(self.container_id), request)


def _read(field: Field, value: Any) -> Any:
    words: Mapping[str, type[BackupMode] | type[Compression]] = {"mode": BackupMode, "compress": Compression}
    if field.id in words:
        kind = words[field.id]
        if value not in list(kind):
            raise Invalid(f"is one of {', '.join(kind)}")
        return kind(value)
    if field.id == "notify":
        value = tuple(value.replace(",", " ").split())
    if field.id != "storage" and (wrong := check_request(replace(BackupRequest(), **{field.id: value}))):
        raise Invalid(wrong.reason)
    return value
