"""The options that many commands have."""

from __future__ import annotations

from argparse import _ActionsContainer


def json_option(parser: _ActionsContainer) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")
