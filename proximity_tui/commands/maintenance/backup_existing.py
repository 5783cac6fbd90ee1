"""`backup CONTAINER --existing VOLUME`: protect a backup that is there, lift its protection, change its note.

Also of a container whose record is closed: what is left of one that is gone is what must not be removed.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.interruption import CommandInterrupted, watched
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.base.run_plan import finish
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import whose_document
from proximity_tui.core.model import BackupMode, Compression, Container, Refusal
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext

ACTION = "backup-change"


def run(args: Namespace) -> int:
    """Plan, ask and change one backup; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for
    whatever else ends it.
    """
    _check_words(args)
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        container = find(args.containers[0], args.cluster, closed=True)
        confirm.refuse_unasked(args)
        plan = context.engine.plan_backup_change(_request(args, container))
        if isinstance(plan, Refusal):
            raise CommandRefused(plan)
        if _present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"{plan.summary}. Do it?")
        result = _execute(context, plan)
    return finish(args, result, _document(container, plan, result), f"done: {plan.summary}")


def _check_words(args: Namespace) -> None:
    """Raise CommandEnd for options that are of a new backup, or that say nothing."""
    if len(args.containers) != 1 or args.filter is not None:
        raise CommandEnd(Exit.USAGE, "--existing is of one backup: name its container")
    new = {
        "--storage": args.storage is not None,
        "--mode": args.mode != BackupMode.SNAPSHOT.value,
        "--compress": args.compress != Compression.ZSTD.value,
        "--notify": bool(args.notify),
    }
    wrong = [option for option, given in new.items() if given]
    if wrong:
        raise CommandEnd(Exit.USAGE, f"{wrong[0]} is for a new backup; --existing changes an existing one")
    if args.protect and args.unprotect:
        raise CommandEnd(Exit.USAGE, "--protect and --unprotect contradict each other")
    if not args.protect and not args.unprotect and args.note is None:
        raise CommandEnd(Exit.USAGE, "say what to change of it: --protect, --unprotect or --note TEXT")


def _request(args: Namespace, container: Container) -> BackupChangeRequest:
    protected = True if args.protect else False if args.unprotect else None
    return BackupChangeRequest(container.id, args.existing, protected, args.note)


def _present(args: Namespace, plan: BackupChangePlan) -> bool:
    """Show the plan; return True where only that was asked for."""
    if args.as_pct and not args.json:
        from proximity_tui.core.doctrine.pct_commands.plan_lines import backup_change_lines

        for line in backup_change_lines(plan):
            output.print_line(line)
        return True
    return confirm.present_shown(args, plan, partial(_plan_document, plan))


def _execute(context: AppContext, plan: BackupChangePlan) -> Outcome:
    """Return the outcome. Raises CommandEnd for Ctrl-C and SIGTERM: the request may have been sent."""
    work: Callable[[], Outcome] = partial(_and_close_connections, context, plan)
    try:
        return watched(work)
    except CommandInterrupted:
        message = (
            f"interrupted; the change of {plan.request.volume} may have been sent: `backups` shows what came of it, and"
            " the same command a second time does no harm"
        )
        raise CommandEnd(Exit.INTERRUPTED, message, _plan_fields(plan)) from None


def _and_close_connections(context: AppContext, plan: BackupChangePlan) -> Outcome:
    try:
        return context.engine.change_backup(plan)
    finally:
        context.close_connections()


def _document(container: Container, plan: BackupChangePlan, result: Outcome) -> dict[str, Any]:
    wanted = plan.wanted
    return {
        "success": result.success,
        **whose_document(container),
        **_plan_fields(plan),
        "protected": wanted.protected if result.success else None,
        "note": wanted.note if result.success else None,
        "error": result.error,
    }


def _plan_document(plan: BackupChangePlan) -> dict[str, Any]:
    from proximity_tui.core.doctrine.pct_commands.plan_lines import backup_change_lines

    return {
        **_plan_fields(plan),
        "before": {"protected": plan.before.protected, "note": plan.before.note},
        "after": {"protected": plan.wanted.protected, "note": plan.wanted.note},
        "summary": plan.summary,
        "steps": [{"step": step.name, "reason": step.reason} for step in plan.steps],
        "warnings": list(plan.warnings),
        "pct": list(backup_change_lines(plan)),
    }


def _plan_fields(plan: BackupChangePlan) -> dict[str, Any]:
    return {"action": ACTION, "cluster": plan.cluster, "node": plan.node, "backup": plan.request.volume}
