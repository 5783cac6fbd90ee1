"""`set` and `resize`: settings of containers are changed, and their disks grown; done when the config shows it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.batch.container_action import ContainerAction, run_action
from proximity_tui.commands.batch.selection import containers_argument
from proximity_tui.commands.printed.json_documents import outcome_document, state_fields
from proximity_tui.core.doctrine.actions.changing.requests import FRIENDLY, SettingRequest, read_request
from proximity_tui.core.doctrine.actions.changing.settings import Consent
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.model.actions.plan_options import ChangeOptions

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext

_SIZES = ("cores", "memory", "swap", "disk")
_EPILOG = f"""Settings, as KEY=VALUE: {", ".join(FRIENDLY)}, and every other setting by the name that Proxmox has for
it. An empty value removes a setting or a property. tags+=a,b and tags-=a,b add and remove tags; disk=+4G grows the root
disk. memory and swap are MiB, or have a unit: memory=2G."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of both."""
    containers_argument(parser)
    if parser.prog.endswith("resize"):
        parser.add_argument("--cores", metavar="N", help="the number of cores")
        parser.add_argument("--memory", metavar="MIB", help="in MiB, or with a unit: 2G")
        parser.add_argument("--swap", metavar="MIB", help="in MiB, or with a unit: 1G")
        parser.add_argument("--disk", metavar="SIZE", help="the size of the root disk, or so much more: 12G, +4G")
    else:
        parser.usage = "%(prog)s [CONTAINER ...] KEY=VALUE [KEY=VALUE ...] [--filter TEXT] [--plan] [--yes] [--json]"
        parser.epilog = _EPILOG
        parser.add_argument("--disks", action="store_true", help="let a mount point (mp0, ...) be changed or removed")
        parser.add_argument(
            "--hardware-addresses",
            action="store_true",
            help="let a hardware address be changed, by which the container is recognised",
        )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and change; return the exit code."""
    requested = _requested(args)
    consent = Consent(getattr(args, "disks", False), getattr(args, "hardware_addresses", False))
    return run_action(args, lambda session: _action(args, session, requested, consent))


def _requested(args: Namespace) -> list[SettingRequest]:
    """Return what a command line requests, and leave only the containers in `args`. Raises CommandRefused for what
    cannot be understood, CommandEnd where there is none.
    """
    if args.command == "resize":
        texts = [f"{name}={value}" for name in _SIZES if (value := getattr(args, name)) is not None]
        needed = "say what to resize: --cores, --memory, --swap or --disk"
    else:
        texts = [text for text in args.containers if "=" in text]
        args.containers = [text for text in args.containers if "=" not in text]
        needed = "say what to set, as KEY=VALUE: memory=1G, tags+=web"
    if not texts:
        raise CommandEnd(Exit.USAGE, needed)
    requested = []
    for text in texts:
        request = read_request(text)
        if isinstance(request, Refusal):
            raise CommandRefused(request)
        requested.append(request)
    return requested


def _action(
    args: Namespace, session: AppContext, requested: Sequence[SettingRequest], consent: Consent
) -> ContainerAction:
    return ContainerAction(
        doing="changing",
        plan=lambda container: session.engine.plan_settings(container, requested, consent=consent),
        execute=session.engine.carry_out,
        document=change_document,
        sentence=change_sentence,
        ask=lambda whom, _: confirm.ask(args, f"Change {whom}?"),
    )


def change_sentence(container: Container, result: Outcome) -> str:
    """Return the result of a change that went well, for a person."""
    pending = _found(result, "pending")
    waits = f"; pending until its next start: {', '.join(pending)}" if pending else ""
    return f"{container.label} is changed{waits}"


def change_document(container: Container, result: Outcome) -> dict[str, Any]:
    """Return the document of a change."""
    options = result.plan.options if result.plan is not None else None
    changes, growth = (options.changes, options.growth) if isinstance(options, ChangeOptions) else ((), ())
    return outcome_document(
        container,
        result,
        "update",
        **state_fields(container),
        changes=[{"key": one.key, "before": one.before, "after": one.value} for one in changes],
        growth=[{"disk": one.disk, "before": one.before, "after": one.size} for one in growth],
        stored=_found(result, "stored"),
        pending=_found(result, "pending"),
        not_stored=_found(result, "missing"),
    )


def _found(result: Outcome, what: str) -> list[str]:
    """Return the settings that the journal calls stored or pending, each once."""
    steps = result.operation.steps if result.operation is not None else ()
    return list(dict.fromkeys(str(key) for step in steps for key in step.detail.get(what, ())))
