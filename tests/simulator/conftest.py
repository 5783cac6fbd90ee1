"""Says at the end of a run how much of what was recorded was compared, and what was not and why. Makes the simulators
that the other tests here ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator import facts
from tests.simulator.known_differences import KNOWN_DIFFERENCES
from tests.simulator.lab import Lab


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for outcome in ("passed", "failed", "xfailed")
        for report in terminalreporter.getreports(outcome)
        if getattr(report, "when", "") == "call" and "test_the_simulator_answers_as_the_real_api_did" in report.nodeid
    ]
    if not reports:
        return
    alike = sum(report.outcome == "passed" for report in reports)
    terminalreporter.section("conformance with the recorded API")
    terminalreporter.line(f"{len(reports)} exchanges compared: {alike} alike, {len(reports) - alike} not")
    for reason in sorted(set(KNOWN_DIFFERENCES.values())):
        ids = sorted(number for number, why in KNOWN_DIFFERENCES.items() if why == reason)
        terminalreporter.line(f"  known difference ({len(ids)}): {reason} [{', '.join(ids)}]")
    left_out = facts.load().not_applicable
    terminalreporter.line(f"{sum(map(len, left_out.values()))} exchanges not applicable:")
    for reason, ids in sorted(left_out.items(), key=lambda item: -len(item[1])):
        terminalreporter.line(f"  {len(ids):3} {reason}")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One node without containers, time under the test's control."""
    with Lab() as lab:
        yield lab


@pytest.fixture
def demo() -> Iterator[Lab]:
    """The cluster of the demo: pve1 to pve3, some two dozen containers."""
    with Lab("demo") as lab:
        yield lab
