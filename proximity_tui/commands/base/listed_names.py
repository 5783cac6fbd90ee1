"""The names that a command has just listed, kept for the completion of the next line.

A read-only run and a demo leave none. Names that cannot be kept are no loss: the shell offers those of before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from proximity_tui.core.model import Inventory

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)


def keep_listed(session: AppContext, inventories: Iterable[Inventory]) -> None:
    """Keep the names in the lists of these clusters."""
    from proximity_tui.last_list import names

    if _may_keep(session):
        try:
            names.keep(session.settings.database, inventories)
        except OSError as error:
            log.warning("the names could not be kept for the completion: %s", error)


def keep_templates(session: AppContext, templates: Mapping[str, Iterable[str]]) -> None:
    """Keep the volumes of the templates of these clusters."""
    from proximity_tui.last_list import names

    if _may_keep(session):
        try:
            names.keep_templates(session.settings.database, templates)
        except OSError as error:
            log.warning("the names could not be kept for the completion: %s", error)


def _may_keep(session: AppContext) -> bool:
    from proximity_tui.core import store

    return not session.simulated and not session.settings.read_only and store.is_writable()
