"""Backups: where they are listed, and what is in one. Most processes read none, so a word is loaded when it is used."""

from typing import TYPE_CHECKING

from proximity_tui.core.base.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.backups.all_backups import read_all_backups, read_newest, read_uncovered
    from proximity_tui.core.proxmox.backups.backups_of_vmid import (
        BackupLimits,
        list_backups,
        read_backup_list,
        read_backups,
        read_limits,
        why_backups_unlisted,
        with_backups,
    )
    from proximity_tui.core.proxmox.backups.one_backup import read_backup_config, read_backup_marks

__getattr__ = lazy_exports(
    __name__,
    {
        "all_backups": "read_all_backups read_newest read_uncovered",
        "one_backup": "read_backup_config read_backup_marks",
        "backups_of_vmid": (
            "BackupLimits list_backups read_backup_list read_backups read_limits why_backups_unlisted with_backups"
        ),
    },
)
