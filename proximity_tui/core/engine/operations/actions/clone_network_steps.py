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
from proximity_tui.core.model import GuestDetail, Refusal, StepOutcome, StepRecord
from proximity_tui.core.model.actions.plan_options import CloneOptions, ConfigChange
from proximity_tui.core.proxmox.errors import ProxmoxError


def change_card(run: StepContext, step: StepRecord) -> Fact:
    """Write the network card of the copy, and read what was stored; return the fact. Raises StepFailed where it is
    refused or not stored, Interrupted where it has to be resumed.
    """
    options = run.operation.plan.carries(CloneOptions)
    if step.outcome is StepOutcome.INTENDED:
        found = _look_up(run, options)
        if found is not None:
            return found
    node = run.latest_node_of(step)
    written: list[tuple[ConfigChange, str]] = []

    def check(seen: GuestDetail) -> Refusal | None:
        config = seen.config or {}
        refused = guards.check_guards(run.container, seen) or rules.check_card(options, config, run.container.name)
        written.append((rules.change_of(options, config), str(seen.digest)))
        return refused

    def send(permit: WritePermit) -> str:
        change, digest = written[-1]
        run.client.change_config(permit, (change,), digest=digest)
        return ""

    write = Write("", node, lambda: run.last_inspection.permit_to(WriteAction.CHANGE, run.container, node, check), send)
    try:
        run.send_once(step, write)
    except Unanswered as lost:
        unchanged = f"{options.network} of CT {run.vmid}"
        return await_answer_in_config(run, lambda: _look_up(run, options), lost.error, unchanged)
    except StepFailed as failed:
        raise _failed(run, options, failed) from failed
    found = _look_up(run, options, f"the clone and its {options.network}")
    if found is None:
        raise _failed(run, options, StepFailed("Proxmox did not store it, or somebody changed it again right after"))
    return found


def _look_up(run: StepContext, options: CloneOptions, taken: str = "") -> Fact | None:
    """Return the fact of a card that is written, which the record follows; None where it is not."""
    seen, coming = read_back(run, taken)
    if not rules.is_written(options, coming):
        return None
    return _followed(run, options, seen, coming)


def _followed(run: StepContext, options: CloneOptions, seen: GuestDetail, coming: Mapping[str, Any]) -> Fact:
    record_our_change(run, seen, coming, [str(options.network)])
    return Fact(detail={"digest": seen.digest, "stored": (str(options.network),)})


def _failed(run: StepContext, options: CloneOptions, failed: StepFailed) -> StepFailed:
    """Return the failure of the step, with what stands in the config all the same: a refusal may have stored it."""
    what = f"CT {run.vmid} was cloned, but its {options.network} is not as it was asked for"
    if isinstance(failed.__cause__, ProxmoxError):
        seen, coming = read_back(run)
        if rules.is_written(options, coming):
            _followed(run, options, seen, coming)
            what = f"CT {run.vmid} was cloned, and its {options.network} was stored, but Proxmox refuses it"
    return StepFailed(f"{what}, so it is not started: {failed.reason}", failed.code, failed.detail)
