"""`backup`: back one container up, or several; done when its storage lists the new backup. With `--existing` it changes
one that is there: see `backup_existing`.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.parser import name_of, text_or_blank
from proximity_tui.commands.batch.container_action import ContainerAction, run_action
from proximity_tui.commands.batch.selection import containers_argument
from proximity_tui.commands.printed.json_documents import outcome_document
from proximity_tui.core.model import BackupMode, Compression, Plan, Status
from proximity_tui.core.model.actions.plan import GuestBound
from proximity_tui.core.model.actions.plan_options import BackupOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `backup`."""
    containers_argument(parser)
    parser.add_argument(
        "--storage",
        type=name_of,
        metavar="STORAGE",
        help="backup storage (default: that of the last backup, else the only one, else the only shared one)",
    )
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in BackupMode],
        default=BackupMode.SNAPSHOT.value,
        help="for a running container: snapshot (it keeps running, the default), suspend (paused for a moment), or"
        " stop (down for as long as the backup takes)",
    )
    parser.add_argument(
        "--compress",
        choices=[one.value for one in Compression],
        default=Compression.ZSTD.value,
        help="how it is compressed (zstd)",
    )
    parser.add_argument(
        "--note",
        type=text_or_blank,
        metavar="TEXT",
        help="its note; otherwise the name of the container. With --existing the new note, '' for none",
    )
    parser.add_argument("--protect", action="store_true", help="protect it: no retention removes it")
    parser.add_argument(
        "--notify", metavar="ADDRESS", action="append", default=[], help="mail its end to this address; may be repeated"
    )
    _existing_options(parser)
    confirm.consent_options(parser)


def _existing_options(parser: ArgumentParser) -> None:
    """Declare the options that change a backup that is there."""
    parser.add_argument(
        "--existing",
        metavar="VOLUME",
        help="change this existing backup instead of making one, with --protect, --unprotect or --note; it is named as"
        " `backups` lists it, and its container may be gone",
    )
    parser.add_argument(
        "--unprotect", action="store_true", help="with --existing: take its protection from it, so it may be removed"
    )


def run(args: Namespace) -> int:
    """Plan, ask and make the backup, or change one that is there; return the exit code. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    if args.existing is not None:
        from proximity_tui.commands.maintenance import backup_existing

        return backup_existing.run(args)
    if args.unprotect:
        raise CommandEnd(Exit.USAGE, "--unprotect needs --existing VOLUME")
    request = _request(args)
    return run_action(args, lambda context: _action(args, context, request))


def _request(args: Namespace) -> BackupRequest:
    from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest

    return BackupRequest(
        storage=args.storage,
        mode=BackupMode(args.mode),
        compress=Compression(args.compress),
        note=args.note,
        protected=args.protect,
        notify=tuple(args.notify),
    )


def _action(args: Namespace, context: AppContext, request: BackupRequest) -> ContainerAction:
    return ContainerAction(
        doing="backing up",
        plan=lambda container: context.engine.plan_backup(container, request),
        execute=context.engine.carry_out,
        document=lambda container, result: outcome_document(container, result, "backup", backup=_volume(result)),
        sentence=lambda container, result: f"{container.label} is backed up: {_volume(result)}",
        ask=lambda whom, plans: confirm.ask(args, _question(whom, plans)),
    )


def _question(name: str, plans: Sequence[Plan]) -> str:
    stops = sum(_takes_down(plan) for plan in plans)
    if not stops:
        return f"Back up {name}?"
    which = "It is" if len(plans) == 1 else f"{stops} of them are"
    return f"Back up {name}? {which} down for as long as the backup takes."


def _takes_down(plan: Plan) -> bool:
    runs = isinstance(plan.bound_to, GuestBound) and plan.bound_to.status is Status.RUNNING
    return runs and plan.carries(BackupOptions).mode is BackupMode.STOP


def _volume(result: Outcome) -> str | None:
    from proximity_tui.core.doctrine.actions.sent_requests import volume_of

    return volume_of(result.operation) if result.operation else None
