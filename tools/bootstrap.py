"""Makes `.venv` with exactly the locked packages and installs the program into it, or does nothing if that is done.

Run as `python3 tools/bootstrap.py [run|dev]`, with nothing but the standard library. It installs nothing outside
`.venv`, and it is written so that a Python too old for the program can still read it and say so.
"""

import argparse
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
    """Bring `.venv` up to the lock file of `kind` ("run" or "dev"); raises Obstacle when that cannot be done."""
    check_python(sys.version_info[:3])
    if not venv_is_ours():
        make_venv()
    if stamp(kind).is_file() and stamp(kind).read_text() == wanted(kind):
        return
    say(f"Installing what {LOCKS[kind].name} lists into .venv (only when it changed) ...")
    pip("install", "--require-hashes", "-r", str(LOCKS[kind]))
    pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
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
    for path in (LOCKS[kind], ROOT / "pyproject.toml"):
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


def one_at_a_time():
    """Wait until no other bootstrap of this tree runs, and keep others waiting as long as the result is held."""
    import fcntl

    held = open(__file__, "rb")  # noqa: SIM115 - open until the process ends, that is the point
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description="Make .venv and install the program into it.")
    parser.add_argument("kind", nargs="?", choices=sorted(LOCKS), default="run", help="dev adds what tests need")
    kind = parser.parse_args().kind
    held = one_at_a_time()
    try:
        bootstrap(kind)
    except Obstacle as obstacle:
        say(str(obstacle))
        return 1
    except KeyboardInterrupt:
        say("Interrupted; run it again to go on.")
        return 130
    finally:
        held.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
