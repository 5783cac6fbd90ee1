"""The names that a command has just listed, kept for the completion of the next line.

A read-only run and a demo leave none. Names that cannot be kept are no loss: the shell offers those of before.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from proximity_tui.core.model import Inventory

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)

_NO_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS)
"""What says that this user may keep nothing there, on any day."""

_Names = TypeVar("_Names")


def keep_listed(context: AppContext, inventories: Iterable[Inventory]) -> None:
    """Keep the names in the lists of these clusters."""
    from proximity_tui.last_list import completion_names

    _keep(context, completion_names.keep, inventories)


def keep_templates(context: AppContext, templates: Mapping[str, Iterable[str]]) -> None:
    """Keep the volumes of the templates of these clusters."""
    from proximity_tui.last_list import completion_names

    _keep(context, completion_names.keep_templates, templates)


def _keep(context: AppContext, keep: Callable[[str, _Names], None], found: _Names) -> None:
    from proximity_tui.core import store
    from proximity_tui.last_list import completion_names

    if context.simulated or context.settings.read_only or not store.is_writable():
        return
    try:
        keep(context.settings.database, found)
    except OSError as error:
        # A service or a cron job without a home that it may write in would be warned by each of its lists.
        level = logging.INFO if error.errno in _NO_PLACE else logging.WARNING
        file = completion_names.names_file(context.settings.database)
        log.log(level, "the names could not be kept for the completion in %s: %s", file, error.strerror or error)
