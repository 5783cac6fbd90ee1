"""The step of a clone that gives the copy a network of its own, before it is started: one request, and the proof in the
config.

The copy is ours and was just verified, so only its config is written, with the digest that was read last. It may be
entered again after a crash: what is there already is not written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.doctrine.actions.changing import change_rules as guards
from proximity_tui.core.doctrine.actions.create import clone_network as rules
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.engine.operations.actions.read_back import await_answer_in_config, read_back, record_our_change
from proximity_tui.core.engine.operations.outcome import Fact, StepFailed
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.engine.operations.write import Unanswered
from proximity_tui.core.model import GuestDetail, Refusal, StepRecord
from proximity_tui.core.model.actions.plan_options import CloneOptions
from proximity_tui.core.proxmox.errors import ProxmoxError


def change_card(context: StepContext, step: StepRecord) -> Fact:
    """Write the network card of the copy, and read what was stored; return the fact. Raises StepFailed where it is
    refused or not stored, Interrupted where it has to be resumed.
    """
    options = context.operation.plan.carries(CloneOptions)
    if step.may_have_run:
        found = _look_up(context, options)
        if found is not None:
            return found
    node = context.latest_node_of(step)

    def check(seen: GuestDetail) -> Refusal | None:
        container = context.container
        refused = guards.check_guards(container, seen)
        return refused or rules.check_card(options, seen.config or {}, container.name)

    def send(permit: WritePermit) -> str:
        context.client.change_config(permit, (rules.change_of(options, permit.config),), digest=permit.digest)
        return ""

    write = Write("", node, lambda: context.permit_to(WriteAction.CHANGE, node, check), send)
    try:
        context.send_once(step, write)
    except Unanswered as lost:
        unchanged = f"{options.network} of CT {context.vmid}"
        return await_answer_in_config(context, lambda: _look_up(context, options), lost.error, unchanged)
    except StepFailed as failed:
        raise _failed(context, options, failed) from failed
    found = _look_up(context, options, f"the clone and its {options.network}")
    if found is None:
        failure = StepFailed("Proxmox did not store it, or somebody changed it again right after")
        raise _failed(context, options, failure)
    return found


def _look_up(context: StepContext, options: CloneOptions, taken: str = "") -> Fact | None:
    """Return the fact of a card that is written, which the record follows; None where it is not."""
    seen, coming = read_back(context, taken)
    if not rules.is_written(options, coming):
        return None
    return _followed(context, options, seen, coming)


def _followed(context: StepContext, options: CloneOptions, seen: GuestDetail, coming: Mapping[str, Any]) -> Fact:
    record_our_change(context, seen, coming, [str(options.network)])
    return Fact(detail={"digest": seen.digest, "stored": (str(options.network),)})


def _failed(context: StepContext, options: CloneOptions, failed: StepFailed) -> StepFailed:
    """Return the failure of the step, with what stands in the config all the same: a refusal may have stored it."""
    what = f"CT {context.vmid} was cloned, but its {options.network} is not as it was asked for"
    if isinstance(failed.__cause__, ProxmoxError):
        seen, coming = read_back(context)
        if rules.is_written(options, coming):
            _followed(context, options, seen, coming)
            what = f"CT {context.vmid} was cloned, and its {options.network} was stored, but Proxmox refuses it"
    return StepFailed(f"{what}, so it is not started: {failed.reason}", failed.code, failed.detail)
