"""A download is planned only of what the node offers, to where it may lie, by a token that may; the permit fits it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.download_rules import TemplateFacts, plan_download
from proximity_tui.core.doctrine.guards.permit import PermitError
from proximity_tui.core.doctrine.guards.storage_permits import DownloadPermit, permit_download
from proximity_tui.core.model import NodeStatus, Refusal, RefusalCode
from proximity_tui.core.model.actions.template_plan import TemplatePlan, TemplateRequest
from tests.support.records.make import NOON, after

WANTED = TemplateRequest("prod", "pve1", "local", "debian-13.tar.zst")
FACTS = TemplateFacts(
    NOON,
    nodes={"pve1": NodeStatus.ONLINE, "pve2": NodeStatus.OFFLINE},
    storages={"local": True, "slow": False},
    offered={"debian-13.tar.zst": "Debian 13"},
    volumes=["local:vztmpl/debian-12.tar.zst"],
    privileges=["Datastore.AllocateTemplate"],
)


def planned() -> TemplatePlan:
    plan = plan_download(WANTED, FACTS)
    assert isinstance(plan, TemplatePlan)
    return plan


def test_what_is_offered_and_not_there_is_planned() -> None:
    assert planned().summary == "download debian-13.tar.zst (Debian 13) to local of pve1, cluster prod"


@pytest.mark.parametrize(
    ("free", "said"),
    [(None, "not checked: whether local has room"), (5 << 20, "local has only 5.0M free"), (1 << 30, None)],
)
def test_little_room_is_said_and_forbids_nothing(free: int | None, said: str | None) -> None:
    plan = plan_download(WANTED, replace(FACTS, free=free))
    assert isinstance(plan, TemplatePlan)
    assert [said in warning for warning in plan.warnings if said] == ([True] if said else [])
    assert bool(plan.warnings) is (said is not None)


@pytest.mark.parametrize(
    ("wanted", "facts", "code", "said"),
    [
        (replace(WANTED, node="pve9"), FACTS, RefusalCode.NOT_FOUND, "there is no node pve9"),
        (replace(WANTED, node="pve2"), FACTS, RefusalCode.OFFLINE, "pve2"),
        (replace(WANTED, storage="locl"), FACTS, RefusalCode.NOT_FOUND, "did you mean local?"),
        (replace(WANTED, storage="slow"), FACTS, RefusalCode.INACTIVE, "slow is not active on pve1"),
        (
            replace(WANTED, template="debian-14.tar.zst"),
            FACTS,
            RefusalCode.NOT_FOUND,
            "did you mean debian-13.tar.zst?",
        ),
        (WANTED, replace(FACTS, volumes=[WANTED.volid]), RefusalCode.UNCHANGED, "is on pve1 already"),
        (
            WANTED,
            replace(FACTS, privileges=()),
            RefusalCode.DENIED,
            "lacks Datastore.AllocateTemplate on /storage/local",
        ),
    ],
)
def test_everything_else_is_refused_with_the_reason(
    wanted: TemplateRequest, facts: TemplateFacts, code: RefusalCode, said: str
) -> None:
    refused = plan_download(wanted, facts)
    assert isinstance(refused, Refusal)
    assert refused.code is code
    assert said in refused.reason


def test_the_permit_is_for_this_download_alone_and_for_a_moment() -> None:
    stale = permit_download(planned(), after(11))
    assert isinstance(stale, Refusal)
    permit = permit_download(planned(), NOON)
    assert isinstance(permit, DownloadPermit)
    with pytest.raises(PermitError, match="is for cluster prod, not for edge"):
        permit.spend("edge", NOON)
    permit.spend("prod", NOON)
    with pytest.raises(PermitError, match="already used"):
        permit.spend("prod", NOON)
    with pytest.raises(PermitError):
        DownloadPermit(object(), WANTED, NOON)
