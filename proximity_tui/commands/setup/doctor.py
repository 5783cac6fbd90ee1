"""`doctor`: checks everything that has to be right, and gives advice for everything that is not."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import settings_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.printed import output
from proximity_tui.config.errors import ConfigError, NoConfiguration
from proximity_tui.core.base.secret import redact

if TYPE_CHECKING:
    from proximity_tui.doctor.finding import Finding


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `doctor`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.epilog = "Ends with 0 when nothing fails, 4 when all that fails is that a cluster cannot be asked, else 1."


def run(args: Namespace) -> int:
    """Print a line for every check, or all of it as JSON; return the exit code."""
    from proximity_tui.doctor.finding import Level  # only here: `--help` must not wait for it

    found = []
    for finding in _findings(args):
        found.append(finding)
        if not args.json:
            print_finding(finding, output.print_line)
    failed = [finding for finding in found if finding.level is Level.FAIL]
    if args.json:
        output.document({"checks": [_document(finding) for finding in found], "ok": not failed})
    else:
        warned = sum(finding.level is Level.WARN for finding in found)
        output.note(f"{len(found)} checks, {warned} warnings, {len(failed)} failures")
    if not failed:
        return Exit.DONE
    return Exit.UNANSWERED if all(finding.unanswered for finding in failed) else Exit.FAILED


def _findings(args: Namespace) -> Iterator[Finding]:
    from proximity_tui.core.base.clock import SystemClock
    from proximity_tui.doctor import examination
    from proximity_tui.doctor.checks import configuration
    from proximity_tui.doctor.finding import fail

    try:
        settings = settings_of(args)
    except NoConfiguration as missing:
        yield fail(configuration.CONFIGURATION, str(missing.path), str(missing), "proximity-tui connect")
    except ConfigError as error:
        yield fail(
            configuration.CONFIGURATION, "file", str(error), "correct it first; nothing else can be checked before"
        )
    except CommandEnd as end:
        yield fail(configuration.CONFIGURATION, "--cluster", end.reason)
    else:
        yield from examination.examine(settings, SystemClock())
    yield from examination.of_terminal()


def _document(finding: Finding) -> dict[str, Any]:
    return {
        "area": finding.area,
        "subject": redact(finding.subject),
        "level": finding.level,
        "message": redact(finding.message),
        "advice": redact("\n".join(finding.advice)) or None,
    }


def print_finding(finding: Finding, line: Callable[[str], None]) -> None:
    """Pass a finding to `line`: its level and subject, and the advice below it."""
    line(f"{finding.level:<4}  {finding.area:<13}  {redact(finding.subject)}: {redact(finding.message)}")
    for advice in finding.advice:
        line(f"        {redact(advice)}")
