"""Opens the database of a process: made or upgraded where needed, its triggers in place, and what was found said.

Everything here happens while other processes are kept out, so that each finding is found once.
"""

from __future__ import annotations

from proximity_tui.core.store import baseline, guard_state
from proximity_tui.core.store.database import backend_for, close_store, use
from proximity_tui.core.store.errors import translated
from proximity_tui.core.store.migrations import migrate, must_be_current
from proximity_tui.core.store.sqlite import SqliteBackend


def make_anew(url: str) -> None:
    """Make and open an empty database where there is none, also where one is gone. Raises `StoreUnavailable` for an
    SQLite file that is there already."""
    backend = backend_for(url)
    try:
        if isinstance(backend, SqliteBackend):
            backend.forget_former()
    finally:
        backend.close()
    open_store(url)


def open_store(url: str) -> None:
    """Open (and where needed make or upgrade) the database at `sqlite:////path` or `postgresql://user@host/name`.

    Another database that was open is closed. Raises `StoreUnavailable` with one sentence that says why not.
    """
    close_store()
    backend = backend_for(url)
    try:
        with translated(backend.label):
            backend.prepare()
            with backend.exclusive(), backend.db.connection_context():
                if backend.read_only:
                    must_be_current(backend)
                    backend.watch()
                    use(backend)
                    return
                before = backend.guards_seen()
                migrated = migrate(backend)
                backend.watch()
                use(backend)
                baseline.write_due()
                guard_state.compare(backend, before, migrated)
    except BaseException:
        close_store()
        backend.close()
        raise
