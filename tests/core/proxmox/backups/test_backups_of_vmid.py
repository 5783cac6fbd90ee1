"""How many backups a storage takes is known by its own row: what is wrong with another one changes nothing (law 9)."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.backups import BackupLimits, read_limits
from tests.core.proxmox.scripted import ok

NAS = {"storage": "nas", "type": "nfs", "max-protected-backups": "3", "prune-backups": "keep-daily=7,keep-last=3"}


@pytest.mark.parametrize("other", [5, None, {}, {"storage": 7}, {"storage": "x", "max-protected-backups": "many"}])
def test_a_row_of_another_storage_that_cannot_be_read_spoils_nothing(answered, other):
    assert read_limits(answered(ok([other, NAS])), "nas") == BackupLimits(3, 10)


def test_a_row_that_may_be_the_wanted_one_leaves_its_limits_unknown(answered):
    with pytest.raises(errors.Unknown, match="malformed"):
        read_limits(answered(ok([5, NAS])), "local")
    with pytest.raises(errors.Unknown, match="malformed"):
        read_limits(answered(ok([NAS | {"max-protected-backups": "many"}])), "nas")


def test_a_storage_that_is_not_listed_has_no_limit_that_is_known(answered):
    assert read_limits(answered(ok([NAS])), "local") == BackupLimits(None, None)
