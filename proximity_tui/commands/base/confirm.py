"""Consent: a plan is shown before anything is done, and a person says yes, on a terminal or by `--yes`."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.interruption import CommandInterrupted
from proximity_tui.commands.base.options import digits, json_option
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import plan_document
from proximity_tui.commands.printed.progress_line import out_of_the_way
from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.guards.refusals import READ_ONLY, not_at_vmid
from proximity_tui.core.model import Refusal, RefusalCode

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings
    from proximity_tui.core.model import Container, Plan, Step

Check: TypeAlias = Callable[[str | None], Refusal | None]
"""The check of what a person typed to confirm, or gave as `--confirm`: the refusal, or None."""


CONSENT = {"as_pct": "--as-pct", "plan": "--plan", "yes": "--yes"}
"""The options of a mutating command, which its list has no use for."""


class _AsPct(Action):
    """The option that shows the plan as lines: like `--plan` it does nothing."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, *_: object) -> None:
        namespace.plan = namespace.as_pct = True


class _NoPct(Action):
    """The same option of a command that changes nothing at Proxmox: it says so."""

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        parser.error(
            "--as-pct has nothing to show: this changes only our records, and nothing on Proxmox. --plan shows the plan"
        )


def consent_options(parser: ArgumentParser, *, by_hand: bool = True) -> None:
    """Add the options of a mutating command to its parser; `by_hand` where it changes anything at Proxmox."""
    parser.add_argument("--plan", action="store_true", help="show what would be done, and do nothing")
    if by_hand:
        parser.add_argument(
            "--as-pct",
            action=_AsPct,
            nargs=0,
            default=False,
            help="show the plan as lines for a shell on the node (pct, vzdump), and do nothing",
        )
    else:
        parser.add_argument("--as-pct", action=_NoPct, nargs=0, help=SUPPRESS)
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    json_option(parser)


def vmid_option(parser: ArgumentParser, of: str) -> None:
    """Add `--confirm-vmid` to a command; `of` are the kinds of it that destroy something."""
    meaning = "confirm with the VMID where the identity is not certain, after you compared the fingerprints"
    parser.add_argument("--confirm-vmid", metavar="N", type=digits, help=f"{of}: {meaning}")


def may_change(args: Namespace, settings: Settings) -> None:
    """Refuse at once a change that could not be confirmed later: in read-only mode, or without a terminal."""
    refuse_read_only(settings)
    refuse_unasked(args)


def refuse_unasked(args: Namespace) -> None:
    """Raise CommandRefused for a change that nobody could be asked about: there is no terminal. Where something is
    named this comes after it was found, and before a cluster is asked: what does not exist needs no consent.
    """
    if not args.yes and not getattr(args, "plan", False):
        more = ", or --plan to see the plan only" if hasattr(args, "plan") else ""
        refuse_without_terminal(f"--yes{more}")


def refuse_without_terminal(instead: str, purpose: str = "confirm") -> None:
    """Raise CommandRefused where stdin is no terminal; `instead` are the options that answer without one."""
    if not sys.stdin.isatty():
        raise CommandRefused(Refusal(RefusalCode.CONFIRMATION, no_terminal(instead, purpose)))


def no_terminal(instead: str, purpose: str) -> str:
    """Return the sentence for what cannot be asked: for which purpose, and what to use instead."""
    return f"there is no terminal to {purpose}: use {instead}"


def refuse_read_only(settings: Settings) -> None:
    """Raise CommandRefused where nothing may be written; a reason that a person gives is consent enough."""
    from proximity_tui.core import store

    if store.is_read_only():
        sentence = "the database is read-only (a standby, or a role that may only SELECT): nothing can be changed"
        raise CommandRefused(Refusal(RefusalCode.READ_ONLY, sentence))
    if settings.read_only:
        raise CommandRefused(READ_ONLY)


class ShownPlan(Protocol):
    """Whatever is shown step by step before a person agrees to it."""

    @property
    def summary(self) -> str:
        """All of it in one line."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its steps, in order."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """The further facts that a person has to know."""


def present(args: Namespace, plan: Plan) -> bool:
    """Show a plan to the person who is to confirm it. Return True when only the plan was requested."""
    if args.plan and not args.json:
        show_only(args, plan)
        return True
    return present_shown(args, plan, partial(plan_document, plan))


def present_shown(args: Namespace, plan: ShownPlan, document: Callable[[], Mapping[str, Any]]) -> bool:
    """Show a plan of any kind, or its JSON `document`, as `present` does. Return True when only that was requested."""
    if args.plan and args.json:
        output.document({"plan": document()})
    elif args.plan or not args.yes:
        show(plan, output.print_line if args.plan else output.note)
    return bool(args.plan)


def show_only(args: Namespace, plan: Plan) -> None:
    """Print a plan that is not to be executed: step by step, or with `--as-pct` as lines to type by hand."""
    if not args.as_pct:
        show(plan, output.print_line)
        return
    from proximity_tui.core.doctrine.pct_commands.plan_lines import lines_by_hand

    for line in lines_by_hand(plan):
        output.print_line(line)


def show(plan: ShownPlan, line: Callable[[str], None]) -> None:
    """Pass a plan to `line`, step by step, each with its reason."""
    line(plan.summary)
    for number, step in enumerate(plan.steps, start=1):
        line(f"  {number}. {step.name.words}: {step.reason}")
    for warning in plan.warnings:
        line(f"  note: {warning}")


def ask(args: Namespace, question: str) -> None:
    """Return only with `--yes`, or after a person answered yes. Raises CommandRefused otherwise."""
    if args.yes:
        return
    if not says_yes(f"{question} [y/N] "):
        raise CommandRefused(Refusal(RefusalCode.CONFIRMATION, "not confirmed: nothing was done"))


def says_yes(question: str) -> bool:
    """Return whether a person answers yes."""
    return typed(question).strip().lower() in ("y", "yes")


def check_typed(args: Namespace, check: Check) -> None:
    """Raise CommandRefused, before any guest is inspected, for a `--confirm` that is wrong, or where nobody can type
    it.
    """
    can_type = args.confirm is None and not args.yes and sys.stdin.isatty()
    wrong = None if args.plan or can_type else check(args.confirm)
    if wrong:
        raise CommandRefused(wrong)


def ask_typed(args: Namespace, wanted: str, check: Check, question: str) -> None:
    """Return only after a person typed what is `wanted`, or gave it as `--confirm` and answered the question. Raises
    CommandRefused otherwise.
    """
    if args.confirm is not None:
        ask(args, question)
        return
    wrong = check(typed(f"Type {wanted} to confirm: "))
    if wrong:
        raise CommandRefused(wrong)


def check_vmid(args: Namespace, container: Container) -> None:
    """Raise CommandRefused where `--confirm-vmid` is another VMID than that of the container."""
    if args.confirm_vmid is not None and args.confirm_vmid != container.vmid:
        raise CommandRefused(not_at_vmid(container, args.confirm_vmid))


def these(count: int) -> str:
    """Return `it` or `these 3`, for a question about what was shown."""
    return "it" if count == 1 else f"these {count}"


def typed(prompt: str) -> str:
    """Return the line that a person types as `typed_or_end`; empty at the end of the input."""
    return typed_or_end(prompt) or ""


def typed_or_end(prompt: str) -> str | None:
    """Return the line that a person types after the prompt, which goes to stderr, with the blanks around it; None at
    the end of the input.

    Raises CommandEnd when they press Ctrl-C instead: every question is asked before anything is done.
    """
    try:
        with out_of_the_way():
            print(plain(prompt), end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
    except (KeyboardInterrupt, CommandInterrupted):
        raise _interrupted() from None
    if not line:
        output.note("")
        return None
    return line.rstrip("\r\n")


def typed_unseen(prompt: str) -> str | None:
    """Return what a person types without seeing it, such as a password; None at the end of the input. Raises CommandEnd
    as `typed`.
    """
    import getpass  # hardly any command asks for a secret

    try:
        return getpass.getpass(prompt, stream=sys.stderr)
    except EOFError:
        output.note("")
        return None
    except (KeyboardInterrupt, CommandInterrupted):
        raise _interrupted() from None


def _interrupted() -> CommandEnd:
    """Leave the line of the question, and return the end of the command."""
    output.note("")
    return CommandEnd(Exit.INTERRUPTED, "interrupted: nothing was done")
