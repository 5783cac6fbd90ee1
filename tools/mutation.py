"""Change one thing of a module at a time, and see whether its tests notice: a mutation figure from a fixed sample.

A mutant is never written to the disk: `tools/mutant_plugin.py` compiles it when the tests import the module. It is
judged by the tests that mirror the module. What these do not notice is judged, in a rule, by all of
`tests/core/doctrine`, and elsewhere by all of `tests/core/engine`, if it is of the engine, and then by the stories.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.accepted_mutants import ACCEPTED

ROOT = Path(__file__).parent.parent
CORE = ROOT / "proximity_tui" / "core"
PATIENCE = 10.0
"""How many times longer the tests may take with a mutant than without: one that makes them hang is noticed, too."""

LEAST_SECONDS = 60.0

UNCHANGED = -1
"""The number of no place."""

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


class Mutator(ast.NodeVisitor):
    """Finds the places where a module can be changed, and changes the one of a given number."""

    def __init__(self, wanted: int = UNCHANGED) -> None:
        self.places: list[tuple[int, str]] = []
        """The line of each place, and what is changed there."""
        self._wanted = wanted

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.args.defaults, *node.args.kw_defaults, *node.body):
            if part is not None:
                self.visit(part)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Imports stay."""

    def visit_keyword(self, node: ast.keyword) -> None:
        """`strict` of a zip stays: whether it holds can be noticed only where the program is wrong."""
        if node.arg != "strict":
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        node.ops = [self._swapped(node, operator) for operator in node.ops]  # type: ignore[misc]
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        node.op = self._swapped(node, node.op)  # type: ignore[assignment]
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        # Of texts and types, `+` and `|` have no useful opposite: a TypeError is no test of anything.
        if not any(isinstance(part, ast.Constant | ast.JoinedStr) for part in (node.left, node.right)):
            node.op = self._swapped(node, node.op)  # type: ignore[assignment]
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        node.test = self._negated(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        node.test = self._negated(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        node.ifs = [self._negated(one) for one in node.ifs]
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool) and self._is_it(node, f"{node.value} -> {not node.value}"):
            node.value = not node.value
        elif type(node.value) is int and self._is_it(node, f"{node.value} -> {node.value + 1}"):
            node.value += 1

    def visit_Return(self, node: ast.Return) -> None:
        given = node.value
        if given is not None and not isinstance(given, ast.Constant) and self._is_it(node, "returns None"):
            node.value = ast.copy_location(ast.Constant(None), given)
        self.generic_visit(node)

    def _swapped(self, node: ast.expr, operator: ast.AST) -> ast.AST:
        other = SWAPS.get(type(operator))
        if other is None or not self._is_it(node, f"{type(operator).__name__} -> {other.__name__}"):
            return operator
        return other()

    def _negated(self, test: ast.expr) -> ast.expr:
        # The opposite of a comparison is a place of its own already.
        if isinstance(test, ast.Compare) or not self._is_it(test, "condition -> its opposite"):
            return test
        return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)

    def _is_it(self, node: ast.stmt | ast.expr, what: str) -> bool:
        self.places.append((node.lineno, what))
        return len(self.places) - 1 == self._wanted


def mutated(source: str, number: int) -> ast.Module:
    """Return the module with its place of that number changed."""
    tree = ast.parse(source)
    Mutator(number).visit(tree)
    return ast.fix_missing_locations(tree)


def places(file: Path) -> list[tuple[int, str]]:
    """Return the line of each place of a module that can be changed, and what the change is."""
    mutator = Mutator()
    mutator.visit(ast.parse(file.read_text()))
    return mutator.places


def places_that_matter(file: Path) -> list[tuple[int, int, str]]:
    """Return the number, line and change of each place but those of `ACCEPTED`. Raises ValueError for one of these that
    the module has no longer.
    """
    lines, module = file.read_text().splitlines(), str(file.relative_to(CORE))
    accepted = {(line, what) for where, line, what in ACCEPTED if where == module}
    every = [(number, line, what, (lines[line - 1].strip(), what)) for number, (line, what) in enumerate(places(file))]
    if gone := accepted - {key for *_, key in every}:
        raise ValueError(f"tools/accepted_mutants.py names what {module} has no longer: {gone}")
    return [(number, line, what) for number, line, what, key in every if key not in accepted]


def tests_of(file: Path) -> list[str]:
    """Return the tests that judge a module one after the other: those that mirror it, then for a rule all of the
    doctrine, else those of the whole engine for a module of it, and the stories.
    """
    mirror = ROOT / "tests" / "core" / file.relative_to(CORE).parent / f"test_{file.name}"
    own = [str(mirror.relative_to(ROOT))] if mirror.exists() else []
    if "doctrine" in file.parts:
        return [*own, "tests/core/doctrine"]
    return [*own, *(["tests/core/engine"] if "engine" in file.parts else []), "tests/scenarios"]


def survives(file: Path, number: int, seconds: Mapping[str, float]) -> bool:
    """Return whether the tests of a module pass although it was changed; `seconds` says how long each may take."""
    return all(_pass(tests, file, number, seconds[tests]) for tests in tests_of(file))


def seconds_unchanged(tests: str, file: Path) -> float:
    """Return how long tests take without a mutant, a minute at least. Raises RuntimeError where they fail by
    themselves: then they would notice everything.
    """
    began = time.monotonic()
    ran = _run(tests, file, UNCHANGED, None)
    if ran.returncode != 0:
        raise RuntimeError(f"{tests} fails by itself:\n{_said(ran)}")
    return max(time.monotonic() - began, LEAST_SECONDS)


def _pass(tests: str, file: Path, number: int, seconds: float) -> bool:
    try:
        ran = _run(tests, file, number, seconds)
    except subprocess.TimeoutExpired:
        return False
    # 1: a test failed. 2: the mutant cannot even be imported. Anything else says nothing of the tests.
    assert ran.returncode in (0, 1, 2), _said(ran)
    return ran.returncode == 0


def _run(tests: str, file: Path, number: int, seconds: float | None) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, "MUTANT": f"{file}:{number}", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tools.mutant_plugin", "-p", "no:cacheprovider"]
    return subprocess.run([*command, tests], cwd=ROOT, env=environ, capture_output=True, timeout=seconds)


def _said(ran: subprocess.CompletedProcess[bytes]) -> str:
    return ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")


def sample(folder: Path, size: int, seed: int) -> list[tuple[Path, int, int, str]]:
    """Return so many mutants of a folder or a module, the same for the same seed: file, number, line, change."""
    found = [
        (file, number, line, what)
        for file in ([folder] if folder.is_file() else sorted(folder.rglob("*.py")))
        for number, line, what in places_that_matter(file)
    ]
    return random.Random(seed).sample(found, min(size, len(found)))


def report(folder: Path, size: int, seed: int, jobs: int, seconds: float) -> Iterator[str]:
    """Yield a line for every survivor, as soon as those before it are judged, and the figure at the end."""
    chosen = sample(folder, size, seed)
    judging = {tests: file for file, *_ in chosen for tests in tests_of(file)}
    allowed = {tests: PATIENCE * seconds_unchanged(tests, file) for tests, file in judging.items()}
    until = time.monotonic() + seconds

    def judge(mutant: tuple[Path, int, int, str]) -> bool | None:
        return survives(mutant[0], mutant[1], allowed) if time.monotonic() < until else None

    known: list[bool] = []
    with ThreadPoolExecutor(jobs) as threads:
        for (file, _, line, what), alive in zip(chosen, threads.map(judge, chosen), strict=True):
            if alive:
                yield f"  survived: {file.relative_to(ROOT)}:{line} {what}"
            if alive is not None:
                known.append(alive)
    killed = known.count(False)
    share = f"{killed / len(known):.0%}" if known else "none"
    yield f"{folder.relative_to(ROOT)}: {killed} of {len(known)} mutants noticed ({share}; seed {seed})"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[CORE / "doctrine", CORE / "engine"])
    parser.add_argument("--sample", type=int, default=60, help="mutants of each folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=900.0, help="for each folder; no mutant is begun after it")
    given = parser.parse_args(arguments)
    for folder in given.folders:
        for line in report(folder.resolve(), given.sample, given.seed, given.jobs, given.seconds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
