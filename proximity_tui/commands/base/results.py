"""The ending of a command that executed a plan: one document or one sentence, and the exit code."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import output
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, of_result
from proximity_tui.core.model import Operation

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome


def finish(args: Namespace, result: Outcome, document: Mapping[str, Any], sentence: str) -> int:
    """Print `document`, or `sentence` where all went well, and return the exit code.

    Raises CommandRefused or CommandEnd for every other ending, with the document's fields.
    """
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    code = of_result(result)
    match result:
        case Refused(refusal):
            raise CommandRefused(refusal)
        case Resumable(reason, operation=Operation(id=number)):
            raise CommandEnd(
                code,
                f"{reason}; continue with `proximity-tui operations resume {number}`, or end it with"
                f" `proximity-tui operations abandon {number}`",
                {**document, "interrupted": True, "operation": number},
            )
        case Resumable(reason) | Failed(reason):
            raise CommandEnd(code, reason, document)
        case Done():
            if args.json:
                output.document(document)
            else:
                output.print_line(sentence)
            return code
