"""The ending of a command that executed a plan: one document or one sentence, and the exit code."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import output
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, of_result

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Result


def finish(args: Namespace, result: Result, document: Mapping[str, Any], sentence: str) -> int:
    """Print `document`, or `sentence` where all went well, and return the exit code.

    Raises CommandRefused or CommandEnd for every other ending, with the document's fields.
    """
    if result.refused is not None:
        raise CommandRefused(result.refused)
    if not result.success:
        raise CommandEnd(of_result(result), _what_now(result), {**document, **_left_over(result)})
    if args.json:
        output.document(document)
    else:
        output.print_line(sentence)
    return of_result(result)


def _what_now(result: Result) -> str:
    reason = result.error or "failed without a reason"
    if not result.interrupted or result.operation is None:
        return reason
    number = result.operation.id
    return (
        f"{reason}; continue with `proximity-tui operations resume {number}`, or end it with"
        f" `proximity-tui operations abandon {number}`"
    )


def _left_over(result: Result) -> dict[str, Any]:
    """Return the fields that a program needs to continue interrupted work."""
    if not result.interrupted or result.operation is None:
        return {}
    return {"interrupted": True, "operation": result.operation.id}
