"""The only keys to what is written to a storage: the download of a template, and the change of a backup that is there.

Each is minted from a plan whose facts were just read, and is good for one file.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.doctrine.guards.permit import OncePermit, PermitError, is_recent
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.model.actions.backup_change import BackupChangePlan
from proximity_tui.core.model.actions.template_plan import TemplatePlan, TemplateRequest

_SEAL = object()


class DownloadPermit(OncePermit):
    """The right to download one template, once, now. Only `permit_download` makes it."""

    __slots__ = ("request",)

    def __init__(self, seal: object, request: TemplateRequest, minted_at: datetime) -> None:
        if seal is not _SEAL:
            raise PermitError("a permit to download can only be minted from a plan that was just made")
        super().__init__(f"the permit to download {request.volid}", request.cluster, minted_at)
        self.request = request

    def spend(self, cluster: str, now: datetime) -> None:
        """Use the permit up. Raise PermitError where it does not fit, was used, or is older than LIFETIME."""
        self._use_up(cluster, now)


def permit_download(plan: TemplatePlan, now: datetime) -> DownloadPermit | Refusal:
    """Return a permit for a plan that was made just now, or the refusal."""
    if not is_recent(plan.taken_at, now):
        return Refusal(RefusalCode.CHANGED, f"what {plan.request.node} offers was not read just now")
    return DownloadPermit(_SEAL, plan.request, plan.taken_at)


class BackupPermit(OncePermit):
    """The right to make one change of one backup, once, now. Only `permit_backup_change` makes it."""

    __slots__ = ("plan",)

    def __init__(self, seal: object, plan: BackupChangePlan, minted_at: datetime) -> None:
        if seal is not _SEAL:
            raise PermitError("a permit to change a backup can only be minted from what was just read of it")
        super().__init__(f"the permit to change {plan.request.volume}", plan.cluster, minted_at)
        self.plan = plan

    def spend(self, cluster: str, now: datetime) -> None:
        """Use the permit up. Raise PermitError where it does not fit, was used, or is older than LIFETIME."""
        self._use_up(cluster, now)


def permit_backup_change(plan: BackupChangePlan, now: datetime) -> BackupPermit | Refusal:
    """Return a permit for a plan that was made just now, or the refusal."""
    if not is_recent(plan.taken_at, now):
        return Refusal(RefusalCode.CHANGED, f"{plan.request.volume} was not read just now")
    return BackupPermit(_SEAL, plan, plan.taken_at)
