"""`daemon`: the jobs without a screen, until SIGTERM or SIGINT ends them; SIGHUP reloads the configuration."""

from __future__ import annotations

import logging
import threading
from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base.command_context import settings_of
from proximity_tui.commands.base.exit_codes import Exit, ending_of
from proximity_tui.commands.base.interruption import is_asked_to_end
from proximity_tui.commands.log import log_setup
from proximity_tui.config.config_errors import SecretNotTold
from proximity_tui.core.base.advised_commands import as_called

log = logging.getLogger(__name__)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `daemon`: only the global options."""


def run(args: Namespace) -> int:
    """Work until a signal ends it, also one that came before the start was complete. Returns 2 for an unusable
    configuration, 1 for what a later start may find otherwise: a database or a store of secrets that is away.
    """
    from proximity_tui.daemon import log as daemon_log

    log_setup.stop()
    daemon_log.start()
    try:
        from proximity_tui.daemon.daemon_process import Daemon
        from proximity_tui.daemon.systemd import SystemdNotifier
        from proximity_tui.runtime import process_memory
        from proximity_tui.runtime.process_memory import limit_malloc_arenas

        process_memory.keep_loaded_objects()
        limit_malloc_arenas()
        Daemon(lambda: settings_of(args), SystemdNotifier(), is_asked_to_end).run()
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
        log.critical("%s", as_called(ending.sentence))
        # No fault of the configuration, for which a service manager would give up for good.
        return Exit.FAILED if isinstance(error, SecretNotTold) else ending.code
    finally:
        # The database is closed under threads that may still use it, and what they say of it is nobody's concern.
        daemon_log.stop()
        _close_the_database()
    return Exit.DONE


def _close_the_database() -> None:
    from proximity_tui.core import store

    closing = threading.Thread(target=store.close_store, name="close", daemon=True)
    closing.start()
    closing.join(0.5)
