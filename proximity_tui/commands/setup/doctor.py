"""`doctor`: checks everything that has to be right, and gives advice for everything that is not."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import settings_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.printed import output
from proximity_tui.config.config_errors import ConfigError, NoConfiguration
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import number_of

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings
    from proximity_tui.doctor.check_result import CheckResult


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `doctor`."""
    json_option(parser)
    parser.epilog = "Ends with 0 when nothing fails, 4 when all that fails is that a cluster cannot be asked, else 1."


def run(args: Namespace) -> int:
    """Print a line for every check, or all of it as JSON; return the exit code. Raises CommandEnd for a cluster that
    is not configured.
    """
    from proximity_tui.doctor.check_result import Level  # only here: `--help` must not wait for it

    found = []
    for result in _results(args):
        found.append(result)
        if not args.json:
            print_check_result(result, output.print_line)
    failed = [result for result in found if result.level is Level.FAIL]
    if args.json:
        output.document({"checks": [_document(result) for result in found], "ok": not failed})
    else:
        warned = sum(result.level is Level.WARN for result in found)
        counts = {"check": len(found), "warning": warned, "failure": len(failed)}
        output.note(", ".join(number_of(count, word) for word, count in counts.items()))
    if not failed:
        return Exit.DONE
    return Exit.UNANSWERED if all(result.unanswered for result in failed) else Exit.FAILED


def _results(args: Namespace) -> Iterator[CheckResult]:
    from proximity_tui.core.base.clock import SystemClock
    from proximity_tui.doctor import examination
    from proximity_tui.doctor.check_result import fail
    from proximity_tui.doctor.checks import configuration_check

    try:
        settings = settings_of(args)
    except NoConfiguration as missing:
        yield fail(configuration_check.CONFIGURATION, "file", str(missing), "proximity-tui connect")
    except ConfigError as error:
        yield fail(
            configuration_check.CONFIGURATION,
            "file",
            str(error),
            "correct it first; nothing else can be checked before",
        )
    else:
        yield from _screens(settings)
        yield from examination.examine(settings, SystemClock())
    yield from examination.of_terminal()


def _screens(settings: Settings) -> Iterator[CheckResult]:
    """Yield the results about what only the screens read: they do not start with a wrong one."""
    if not (settings.keys or settings.aliases or settings.views):
        # Most configurations have none, and need not load what the screens are made of.
        return
    # Here, and not among the checks: those stand below the screens, which know keys, short names and lists.
    from proximity_tui.doctor.check_result import fail, ok
    from proximity_tui.doctor.checks.configuration_check import CONFIGURATION
    from proximity_tui.screens.app.saved_views import Views
    from proximity_tui.screens.keyboard.aliases import Aliases
    from proximity_tui.screens.keyboard.keymap import Keymap

    judged: tuple[tuple[str, Mapping[str, str], Callable[[Mapping[str, str]], object], str], ...] = (
        ("keys", settings.keys, Keymap, "the screens can use them"),
        ("aliases", settings.aliases, Aliases, "the screens can use them"),
        ("views", settings.views, Views, "each names a list; its filter is judged when the screens start"),
    )
    for table, given, judge, sound in judged:
        if not given:
            continue
        try:
            judge(given)
        except ConfigError as error:
            yield fail(CONFIGURATION, table, f"the screens do not start: {error}", f"correct [{table}]")
        else:
            yield ok(CONFIGURATION, table, sound)


def _document(result: CheckResult) -> dict[str, Any]:
    return {
        "area": result.area,
        "subject": redact(result.subject),
        "level": result.level,
        "message": redact(result.message),
        "advice": redact("\n".join(result.advice)) or None,
    }


def print_check_result(result: CheckResult, line: Callable[[str], None]) -> None:
    """Pass a result to `line`: its level and subject, and the advice below it."""
    line(f"{result.level:<4}  {result.area:<13}  {redact(result.subject)}: {redact(result.message)}")
    for advice in result.advice:
        line(f"        {redact(advice)}")
