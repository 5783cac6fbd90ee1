"""`drift`: the containers whose config differs from the baseline, the history of one, and making now the baseline."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import is_blank, refuse_unused
from proximity_tui.commands.base.parser import note_of
from proximity_tui.commands.base.refresh import PATIENCE, at_once, not_checked, recorded_rows, refresh_all
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.base.run_plan import agreed, finish, must_answer, run_plan
from proximity_tui.commands.maintenance.drift_documents import (
    change_documents,
    describe_drift_history,
    drift_history_document,
    print_changes,
)
from proximity_tui.commands.maintenance.rollback import revert_options, set_back
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import step_documents
from proximity_tui.core.base.text import settings_differ
from proximity_tui.core.fleet import FleetRow
from proximity_tui.core.model import Container, GuestLookup

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.observation.config_fields import FieldChange
    from proximity_tui.runtime.context import AppContext

ACCEPT, REVERT = "accept", "revert"
_VERBS = (ACCEPT, REVERT)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `drift`."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[accept|revert] CONTAINER",
        help="a name, a VMID or a record id (id:7), with CLUSTER/ in front where that is ambiguous;"
        " without one: every container with drift",
    )
    parser.add_argument("--note", type=note_of, metavar="TEXT", help="with accept: why the config is right as it is")
    parser.add_argument("--reveal", action="store_true", help="also print values that may be secret")
    revert_options(parser)
    confirm.consent_options(parser)
    parser.epilog = (
        "`drift accept CONTAINER --note TEXT` makes the present config the baseline; `drift revert CONTAINER` sets the"
        " config back to the baseline."
    )


def run(args: Namespace) -> int:
    """List the drift, show one history, accept it, or set it back; return the exit code. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    verb, name = _understood(args.words)
    if verb is None and (args.plan or args.yes):
        raise CommandEnd(Exit.USAGE, "--plan and --yes belong to `drift accept` and `drift revert`")
    if verb != ACCEPT:
        refuse_unused(args, {"note": "--note"}, (), f"drift {verb}" if verb is not None else "drift")
    if verb != REVERT and (args.key or args.with_restart):
        raise CommandEnd(Exit.USAGE, "--key and --with-restart belong to `drift revert`")
    if verb == REVERT:
        refuse_unused(args, {"reveal": "--reveal"}, (), "drift revert")
    if verb is None and name is None:
        return _list(args)
    if name is None:
        raise CommandEnd(Exit.USAGE, f"name the container: drift {verb} CONTAINER")
    if verb is None:
        return _show(args, name)
    return _accept(args, name) if verb == ACCEPT else set_back(args, name, None)


def _understood(words: list[str]) -> tuple[str | None, str | None]:
    """Return verb and container. A container that is called as a verb is named with its cluster, or by VMID."""
    verb = words[0] if words and words[0] in _VERBS else None
    rest = words[1:] if verb is not None else words
    if len(rest) > 1:
        raise CommandEnd(Exit.USAGE, f"name one container, not {len(rest)}: drift [{'|'.join(_VERBS)}] CONTAINER")
    return verb, rest[0] if rest else None


def _list(args: Namespace) -> int:
    from proximity_tui.core.store.records import records

    with context_of(args, partly=True) as context:
        polls = refresh_all(context, args.cluster)
        containers = records.active(args.cluster)
        silent = {**polls.silent, **not_checked(context, containers)}
        rows = recorded_rows(context, polls, containers)
        drifted = [(row, _last_seen_changes(row, context)) for row in rows if row.drift]
    for reason in silent.values():
        output.note(reason)
    if args.json:
        output.document([_row_document(row, fields, reveal=args.reveal) for row, fields in drifted], reveal=args.reveal)
    elif not drifted:
        output.note("no container has drift")
    for row, fields in drifted if not args.json else ():
        output.print_line(f"{row.name}  {row.cluster}/{row.vmid}: {settings_differ(row.drift or 0)} from the baseline")
        print_changes(fields, reveal=args.reveal)
        if not fields:
            output.print_line(f"    `proximity-tui drift {row.cluster}/{row.vmid}` reads its config and says which")
    return Exit.DONE


def _last_seen_changes(row: FleetRow, context: AppContext) -> tuple[FieldChange, ...]:
    """Return the watched fields that differ, by the config that was read last; the list may know of more settings."""
    from proximity_tui.core.doctrine.observation.config_fields import field_changes
    from proximity_tui.core.store.records import clinical_records
    from proximity_tui.core.store.revisions import revisions

    record = clinical_records.latest(row.id) if row.id is not None else None
    seen = revisions.last(row.id) if row.id is not None else None
    if record is None or seen is None:
        return ()
    rules = context.settings.drift
    return tuple(one for one in field_changes(record.record.config, seen.config) if rules.watches(one.label))


def _row_document(row: FleetRow, fields: tuple[FieldChange, ...], *, reveal: bool) -> dict[str, Any]:
    return {
        "container": row.id,
        "cluster": row.cluster,
        "vmid": row.vmid,
        "name": row.name,
        "drift": row.drift,
        "changes": change_documents(fields, reveal=reveal),
    }


def _show(args: Namespace, name: str) -> int:
    from proximity_tui.core.engine.observe.drift_history import read_drift_history

    with context_of(args) as context:
        container = find(name, args.cluster)
        seen = _inspect(context, container)
        settings = context.settings
        history = read_drift_history(container, seen, remember=not settings.read_only, rules=settings.drift)
    if args.json:
        output.document(drift_history_document(history, reveal=args.reveal), reveal=args.reveal)
    else:
        describe_drift_history(history, reveal=args.reveal)
    return Exit.DONE


def _inspect(context: AppContext, container: Container) -> GuestLookup | None:
    return at_once(context, {"look": lambda: context.engine.inspect(container)}, PATIENCE).get("look")


def _accept(args: Namespace, name: str) -> int:
    from proximity_tui.core.engine.observe.drift_history import read_drift_history

    if is_blank(args.note):
        raise CommandEnd(Exit.USAGE, "say why it is right: --note TEXT; the audit trail keeps it")
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        container = find(name, args.cluster)
        confirm.refuse_unasked(args)
        seen = _inspect(context, container)
        if seen is None:
            must_answer(context, container.cluster)
        history = read_drift_history(container, seen, remember=not args.plan, rules=context.settings.drift)
        plan = agreed(context, container.cluster, context.engine.plan_acceptance(container, seen))
        if not args.yes and not args.json:
            for line in _differences(history.compared.fields or ()):
                output.note(line)
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Accept the config of {container.name} as its baseline?")
        result = run_plan(args, context, lambda: context.engine.accept_drift(plan, container, args.note))
    document = {
        "success": result.success,
        "container": container.id,
        "cluster": container.cluster,
        "vmid": container.vmid,
        "name": container.name,
        "digest": plan.digest,
        "accepted": change_documents(history.compared.fields or (), reveal=args.reveal),
        "steps": step_documents(plan, None, done=result.success),
        "error": result.error,
    }
    return finish(args, result, document, f"accepted: the present config of {container.label} is its baseline")


def _differences(fields: tuple[FieldChange, ...]) -> list[str]:
    documents = change_documents(fields, reveal=False)
    return [f"  {one['field']}: {one['before'] or 'not set'} → {one['after'] or 'not set'}" for one in documents]
