"""`ports probe CONTAINER...`: connects from here to the ports of containers, planned, asked, and kept as observed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit, of_refusal
from proximity_tui.commands.base.interruption import CommandInterrupted, watched
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import observation_document
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.model.guests.probe_result import PortObservation, results
from proximity_tui.core.model.limits import MOST_CONNECTS
from proximity_tui.core.probe.probe_plan import ProbePlan, total

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


@value_object
class ProbeAnswer:
    """What a probe of one container came to: what was met, or the refusal."""

    container: Container
    plan: ProbePlan | Refusal
    met: tuple[PortObservation, ...] | Refusal | None = None

    @property
    def refusal(self) -> Refusal | None:
        """The refusal of its plan, or of carrying it out."""
        return next((one for one in (self.plan, self.met) if isinstance(one, Refusal)), None)


def run(args: Namespace) -> int:
    """Plan the probes, ask once, and carry them out one after the other; return the exit code. Raises CommandRefused
    for a refusal, and CommandEnd for whatever else ends it.
    """
    if not args.words:
        raise CommandEnd(Exit.USAGE, "name the containers: `proximity-tui ports probe web1`")
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        containers = list({one.id: one for one in (find(word, args.cluster) for word in args.words)}.values())
        confirm.refuse_unasked(args)
        answers = [ProbeAnswer(one, _plan(context, one)) for one in containers]
        plans = [one.plan for one in answers if isinstance(one.plan, ProbePlan)]
        if not plans and len(answers) == 1 and answers[0].refusal is not None:
            raise CommandRefused(answers[0].refusal)
        if total(plans) > MOST_CONNECTS:
            raise CommandEnd(
                Exit.USAGE, f"{total(plans)} connects are more than {MOST_CONNECTS}: name fewer containers"
            )
        if not args.plan and plans:
            if not args.yes:
                _show(answers, output.note)
            confirm.ask(args, f"Make these {total(plans)} connects from here?")
            answers = _carry_out(args, context, answers)
    return _end(args, answers)


def _plan(context: AppContext, container: Container) -> ProbePlan | Refusal:
    from proximity_tui.core.engine.observe import port_probe
    from proximity_tui.runtime.probe_rules import rules_of

    return port_probe.plan(container, context.clients, rules_of(context, container.cluster))


def _carry_out(args: Namespace, context: AppContext, answers: Sequence[ProbeAnswer]) -> list[ProbeAnswer]:
    """Return the answers with what was met. Raises CommandEnd for Ctrl-C and SIGTERM, after it said what was met."""
    done: list[ProbeAnswer] = []
    try:
        for one in answers:
            done.append(_executed(context, one))
    except CommandInterrupted:
        met = [one for one in done if one.met is not None]
        for one in met if not args.json else ():
            _print(one)
        why = f"interrupted: {len(met)} of {len(answers)} containers were probed before"
        raise CommandEnd(Exit.INTERRUPTED, why, {"results": [_document(one) for one in met]}) from None
    return done


def _executed(context: AppContext, answer: ProbeAnswer) -> ProbeAnswer:
    from proximity_tui.core.engine.observe import port_probe
    from proximity_tui.runtime.probe_rules import rules_of

    plan, engine = answer.plan, context.engine
    if isinstance(plan, Refusal):
        return answer
    rules = rules_of(context, plan.cluster)

    def work() -> tuple[PortObservation, ...] | Refusal:
        try:
            return port_probe.execute(plan, context.clients, rules, engine.clock, engine.settings.actor)
        finally:
            context.close_connections()

    return ProbeAnswer(answer.container, plan, watched(work))


def _show(answers: Sequence[ProbeAnswer], line: Callable[[str], None]) -> None:
    for one in answers:
        if isinstance(one.plan, Refusal):
            line(f"{one.container.name}: refused ({one.plan.code}): {one.plan.reason}")
            continue
        line(one.plan.summary)
        for step in one.plan.steps:
            line(f"  {step}")
        for warning in one.plan.warnings:
            line(f"  note: {warning}")


def _end(args: Namespace, answers: Sequence[ProbeAnswer]) -> int:
    code = next((of_refusal(one.refusal) for one in answers if one.refusal is not None), Exit.DONE)
    if args.json:
        output.document({"success": code == Exit.DONE, "results": [_document(one) for one in answers]})
    elif args.plan:
        _show(answers, output.print_line)
    else:
        for one in answers:
            _print(one)
    return code


def _print(answer: ProbeAnswer) -> None:
    if answer.refusal is not None:
        output.note(f"{answer.container.name}: refused ({answer.refusal.code}): {answer.refusal.reason}")
        return
    for one in results(answer.met if isinstance(answer.met, tuple) else ()):
        output.print_line(f"{answer.container.name}: {one.words}, {one.origin}")


def _document(answer: ProbeAnswer) -> dict[str, Any]:
    about = {"container": answer.container.id, "cluster": answer.container.cluster, "name": answer.container.name}
    if (refusal := answer.refusal) is not None:
        return {"success": False, **about, "refused": {"code": refusal.code, "reason": refusal.reason}}
    plan, met = answer.plan, answer.met
    return {
        "success": True,
        **about,
        "plan": plan_document(plan) if isinstance(plan, ProbePlan) else None,
        "observed": [observation_document(one) for one in met] if isinstance(met, tuple) else None,
    }


def plan_document(plan: ProbePlan) -> dict[str, Any]:
    """Return the plan of a probe: every address and port, how many connects, and how fast."""
    return {
        "addresses": list(plan.addresses),
        "ports": list(plan.ports),
        "connects": len(plan.endpoints),
        "rate": plan.pace.rate,
        "at_once": plan.pace.at_once,
        "timeout": plan.pace.timeout,
        "longest_seconds": plan.pace.longest(len(plan.endpoints)),
        "warnings": list(plan.warnings),
    }
