"""A PostgreSQL server of the tests' own, on 127.0.0.1 and a port nobody uses, gone when they are done.

The programs come from `$PROXIMITY_TUI_TEST_PG_BIN`, else from where Debian puts them; without any there is none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=64MB"
"""Nothing of a test has to outlive a power cut."""


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, the newest version, if there is any."""
    given = os.environ.get("PROXIMITY_TUI_TEST_PG_BIN")
    found = [Path(given)] if given else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    return next((folder for folder in reversed(found) if (folder / "initdb").exists()), None)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The URL of a server that runs meanwhile, without a database name."""
    data = Path(tempfile.mkdtemp(prefix="proximity-pg-"))
    user = _unprivileged()
    if user:
        shutil.chown(data, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(folder / program), "-D", str(data), *arguments]
        subprocess.run(command, user=user, cwd=data, check=True, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "--username=tests", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= {SPEED}"
        run("pg_ctl", "--wait", f"--options={options}", f"--log={data}/log", "start")
        try:
            yield f"postgresql://tests@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(data)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _unprivileged() -> str | None:
    """Who runs the server, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
