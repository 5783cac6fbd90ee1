"""`lint`: one list of what will hurt, and `lint waive|unwaive CONTAINER RULE`, with a note."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import is_blank, json_option, refuse_unused
from proximity_tui.commands.base.parser import name_of, note_of
from proximity_tui.commands.base.refresh import refresh_all
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import did_you_mean, first_of
from proximity_tui.core.model.lint_report import LintFinding, LintReport, LintRule, NotChecked

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

_MOST_NAMES = 8
"""How many names of what was not checked people see in a line; a program gets all of them."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `lint`."""
    parser.add_argument(
        "verb", nargs="?", choices=("waive", "unwaive"), help="waive a finding, or lift its waiver (default: list)"
    )
    parser.add_argument("container", nargs="?", metavar="CONTAINER", help="with a verb: whose finding; see --subject")
    parser.add_argument("rule", nargs="?", metavar="RULE", help=f"with a verb: {', '.join(LintRule)}")
    parser.add_argument(
        "--subject", type=name_of, help="in place of CONTAINER: the subject of a finding, such as alert:7"
    )
    parser.add_argument("--note", type=note_of, metavar="TEXT", help="with waive: why it stays as it is")
    parser.add_argument("--all", action="store_true", help="include what was waived")
    json_option(parser)


def run(args: Namespace) -> int:
    """Print the list, or waive a finding; return the exit code. A silent cluster is part of the answer. Raises
    CommandRefused for a refusal, and CommandEnd for whatever else ends it.
    """
    if args.verb != "waive":
        name = "lint" if args.verb is None else f"lint {args.verb}"
        refuse_unused(args, {"note": "--note", "subject": "--subject"}, ("subject",) if args.verb else (), name)
    if args.verb is not None:
        refuse_unused(args, {"all": "--all"}, (), f"lint {args.verb}")
    with context_of(args, partly=args.verb is None) as context:
        if args.verb is not None:
            return _change(context, args)
        report = _report(context, args.cluster)
    if args.json:
        output.document(report_document(report))
    else:
        _print(report, all_of_it=args.all)
    return Exit.DONE


def report_document(report: LintReport) -> dict[str, Any]:
    """Return the document of everything that was found, waived or not, and of what was not checked."""
    return {
        "checked_at": output.utc(report.checked_at),
        "findings": [finding_document(one) for one in report.findings],
        "not_checked": [
            {"rule": one.rule, "cluster": one.cluster, "name": one.name, "why": one.why} for one in report.not_checked
        ],
    }


def finding_document(one: LintFinding) -> dict[str, Any]:
    """Return a finding as its JSON document."""
    waiver = one.waiver
    return {
        "rule": one.rule,
        "subject": one.subject,
        "cluster": one.cluster,
        "container": one.container,
        "vmid": one.vmid,
        "name": one.name,
        "reason": one.reason,
        "remedy": one.remedy,
        "command": one.command,
        "waived": None if waiver is None else {"at": output.utc(waiver.at), "by": waiver.by, "note": waiver.note},
    }


def _report(context: AppContext, only: str | None, rules: Collection[LintRule] = tuple(LintRule)) -> LintReport:
    from proximity_tui.insight.lint_answer import LastLists, lint

    looks = refresh_all(context, only=only)
    return lint(context, LastLists(looks.inventories, looks.silent), only, rules)


def _print(report: LintReport, *, all_of_it: bool) -> None:
    shown = report.findings if all_of_it else report.open
    if shown:
        output.table(("RULE", "CLUSTER", "VMID", "NAME", "REASON", "REMEDY"), [_cells(one) for one in shown])
    else:
        output.note("nothing was found by the rules that could be applied")
    waived = len(report.findings) - len(report.open)
    if waived and not all_of_it:
        are, them = ("is", "it") if waived == 1 else ("are", "them")
        output.note(f"{waived} more {are} waived: --all shows {them}")
    for line in gap_lines(report.not_checked):
        output.note(line)


def gap_lines(gaps: Iterable[NotChecked]) -> list[str]:
    """Return what was not checked, and why: one line for each rule, cluster and reason."""
    names: dict[tuple[LintRule, str | None, str], list[str]] = defaultdict(list)
    for one in gaps:
        names[(one.rule, one.cluster, one.why)].append(one.name or "all")
    return [
        f"not checked: {rule} of {cluster or 'all clusters'}: {why} ({first_of(found, _MOST_NAMES)})"
        for (rule, cluster, why), found in names.items()
    ]


def _cells(one: LintFinding) -> list[str | None]:
    reason = one.reason if one.waiver is None else f"{one.reason} (waived by {one.waiver.by}: {one.waiver.note})"
    return [one.rule, one.cluster, None if one.vmid is None else str(one.vmid), one.name, reason, one.command]


def _change(context: AppContext, args: Namespace) -> int:
    from proximity_tui.core.store import waivers

    confirm.refuse_read_only(context.settings)
    rule = _rule(args)
    if args.verb == "waive" and is_blank(args.note):
        raise CommandEnd(Exit.USAGE, "say why it stays as it is, with --note TEXT")
    subject = _subject(args)
    report = _report(context, args.cluster, (rule,))
    finding = next((one for one in report.findings if one.subject == subject), None)
    if finding is None:
        raise CommandEnd(Exit.NOT_FOUND, f"lint finds no {rule} of {args.subject or args.container} now")
    actor = context.engine.settings.actor
    if args.verb == "waive":
        waivers.waive(finding, actor, args.note)
    else:
        waivers.lift(finding, actor)
    if args.json:
        output.document({"success": True, "rule": rule, "subject": subject, "name": finding.name})
    else:
        output.print_line(f"{args.verb}d {rule} of {finding.name}")
    return Exit.DONE


def _rule(args: Namespace) -> LintRule:
    # With --subject there is no CONTAINER before it.
    if args.subject is not None and args.rule is not None:
        raise CommandEnd(Exit.USAGE, "name a container or --subject, not both: nothing was done")
    name = args.container if args.subject is not None and args.rule is None else args.rule
    known = ", ".join(LintRule)
    if name is None:
        raise CommandEnd(Exit.USAGE, f"say which: `lint {args.verb} CONTAINER RULE`; the rules are {known}")
    if name not in list(LintRule):
        raise CommandEnd(Exit.USAGE, f"there is no rule {name}; {did_you_mean(name, LintRule, f'there are: {known}')}")
    return LintRule(name)


def _subject(args: Namespace) -> str:
    from proximity_tui.core.doctrine.lint.findings import subject_of

    if args.subject is not None:
        return str(args.subject)
    return subject_of(find(args.container, args.cluster))
