"""Makes `.venv` from a lock file and installs the program into it; does nothing where that is done.

Run as `python3 tools/bootstrap.py [run|dev]`. It needs only the standard library, touches nothing outside
`.venv`, and is written so that a Python too old for the program can still read it and say so.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
MADE = VENV / ".made.stamp"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}

NO_VENV = "python3-venv is missing; install it with: apt install python3-venv"
NO_NETWORK = "The Python package index could not be reached; check the network or the proxy and try again."
UNREACHABLE = re.compile(
    r"connection broken by|NewConnectionError|NameResolutionError|Temporary failure in name resolution"
    r"|Network is unreachable|Failed to establish a new connection|ProxyError|ConnectTimeout|ReadTimeout"
)


class Obstacle(Exception):
    """What stands in the way, as the one thing to tell the person at the keyboard."""


def bootstrap(kind: str) -> None:
    """Bring `.venv` up to the lock file of `kind` ("run" or "dev"), or raise Obstacle."""
    check_python(sys.version_info[:3])
    if not venv_is_ours():
        make_venv()
    if stamp(kind).is_file() and stamp(kind).read_text() == wanted(kind):
        return
    say(f"Installing what {LOCKS[kind].name} lists into .venv (only when it changed) ...")
    pip("install", "--require-hashes", "-r", str(LOCKS[kind]))
    pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    # As pip does with a package that it copies: else a Python that may write no cache compiles all at every start.
    run([str(VENV_PYTHON), "-m", "compileall", "-q", str(ROOT / "proximity_tui")])
    # The dev lock holds the run lock's versions, so that one installation settles both.
    for settled in ("run", "dev") if kind == "dev" else ("run",):
        stamp(settled).write_text(wanted(settled))


def check_python(version: tuple) -> None:
    """Raise Obstacle when `version`, as (major, minor, micro), is older than the program can run on."""
    if version < OLDEST_PYTHON:
        found = ".".join(map(str, version))
        needed = ".".join(map(str, OLDEST_PYTHON))
        raise Obstacle(
            f"Proximity TUI needs Python {needed} or newer and this is {found}; "
            "name a newer one, for example: make PYTHON=python3.12 demo"
        )


def made_for() -> str:
    """Return what ties a virtual environment to its place: scripts in it carry both in their first line."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} {VENV}"


def venv_is_ours() -> bool:
    return os.access(VENV_PYTHON, os.X_OK) and MADE.is_file() and MADE.read_text() == made_for()


def make_venv() -> None:
    command = [sys.executable, "-m", "venv", "--clear"]
    # Debian ships Python without ensurepip; a pip of the system can fill the environment from outside.
    if importlib.util.find_spec("ensurepip") is None:
        if importlib.util.find_spec("pip") is None:
            raise Obstacle(NO_VENV)
        command.append("--without-pip")
    made = run([*command, str(VENV)])
    if made.returncode:
        raise Obstacle(made.stdout + made.stderr + f"{VENV} could not be made.")
    MADE.write_text(made_for())


def stamp(kind: str) -> Path:
    return VENV / f".{kind}.stamp"


def wanted(kind: str) -> str:
    """Return what the stamp of `kind` says once everything is installed as the files say now."""
    digest = hashlib.sha256()
    for path in (LOCKS[kind], ROOT / "pyproject.toml", ROOT / "proximity_tui" / "__init__.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def pip(*arguments: str) -> None:
    inside = next(VENV.glob("lib/python*/site-packages/pip"), None)
    command = [VENV_PYTHON, "-m", "pip"] if inside else [sys.executable, "-m", "pip", "--python", VENV_PYTHON]
    done = run([*map(str, command), "--quiet", "--disable-pip-version-check", "--no-input", *arguments])
    if done.returncode == 0:
        return
    if UNREACHABLE.search(done.stderr):
        raise Obstacle(NO_NETWORK)
    raise Obstacle(done.stdout + done.stderr + f"pip could not install into {VENV}.")


def run(command: list) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make .venv and install the program into it.")
    parser.add_argument("kind", nargs="?", choices=["run", "dev"], default="run", help="dev adds the test tools")
    kind = parser.parse_args().kind
    try:
        with open(__file__, "rb") as held:
            # Two at once would empty each other's .venv; the second waits and finds nothing left to do.
            fcntl.flock(held, fcntl.LOCK_EX)
            bootstrap(kind)
    except Obstacle as obstacle:
        say(str(obstacle))
        return 1
    except KeyboardInterrupt:
        say("Interrupted; run it again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
