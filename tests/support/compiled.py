"""The bytecode of tests and program, made once where there is none yet, as in a fresh clone.

Every worker of a run imports the same modules at the same moment: left alone, each of them compiles them all. Here each
makes its share ready first, and finds the rest.
"""

from __future__ import annotations

import importlib.util
import py_compile
from contextlib import suppress
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import PYC_TAIL, _rewrite_test, _write_pyc, assertstate_key, get_cache_dir

ROOT = Path(__file__).parents[2]


def share(config: pytest.Config) -> None:
    """Compile the share of this worker; nothing in a run without workers."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return
    number, workers = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    files = sorted(file for folder in ("tests", "proximity_tui") for file in (ROOT / folder).rglob("*.py"))
    # Where nothing can be kept, each worker compiles for itself.
    with suppress(OSError):
        for file in files[number::workers]:
            if file.name.startswith("test_") or file.name == "conftest.py":
                _rewrite(file, config)
            elif not Path(importlib.util.cache_from_source(str(file))).exists():
                py_compile.compile(str(file))


def _rewrite(file: Path, config: pytest.Config) -> None:
    """Compile a module whose assertions pytest explains, and keep it where pytest looks for it."""
    folder = get_cache_dir(file)
    kept = folder / (file.name.removesuffix(".py") + PYC_TAIL)
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        source, code = _rewrite_test(file, config)
        _write_pyc(config.stash[assertstate_key], code, source, kept)
