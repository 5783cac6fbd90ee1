"""What a probe of ports is about: what a connect met, and the observation that is kept of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class PortOutcome(StrEnum):
    """What a connect met. The words stand in databases and in JSON: add, never rename."""

    OPEN = "open"
    CLOSED = "closed"
    """It was refused: nothing listens there."""
    FILTERED = "filtered"
    """Nobody answered within the time, or the network says that it cannot be reached."""


@value_object
class PortObservation:
    """What the last connect to a port of a container met: seen, and no fact of the record."""

    address: str
    port: int
    outcome: PortOutcome
    observed_at: datetime
    origin: str
    """Where it was seen from: `TCP connect from jump1`."""

    @property
    def words(self) -> str:
        """Return `10.0.0.5:80 open`."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port} {self.outcome}"

    @property
    def evidence(self) -> str:
        """The observation with its time and origin, as an event keeps it where a person took it for a fact."""
        at = self.observed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return f"{self.words}, seen {at}, {self.origin}"


@value_object
class ProbeResult:
    """What one probe of a container met, as far as nothing newer is known of the same port."""

    observed_at: datetime
    origin: str
    met: tuple[PortObservation, ...]

    @property
    def words(self) -> str:
        """The result in words: `80, 443 open at 10.0.0.5; 17 closed, 1 filtered`."""
        opened: dict[str, list[str]] = {}
        for one in self.met:
            if one.outcome is PortOutcome.OPEN:
                opened.setdefault(one.address, []).append(str(one.port))
        others = [outcome for outcome in PortOutcome if outcome is not PortOutcome.OPEN]
        counts = [(sum(one.outcome is outcome for one in self.met), outcome) for outcome in others]
        found = [f"{', '.join(numbers)} open at {address}" for address, numbers in opened.items()] or ["none open"]
        rest = ", ".join(f"{number} {outcome}" for number, outcome in counts if number)
        return "; ".join(filter(None, (*found, rest)))


def results(observations: Iterable[PortObservation]) -> tuple[ProbeResult, ...]:
    """Return the observations by the probe that made them, the latest first."""
    probes: dict[tuple[datetime, str], list[PortObservation]] = {}
    for one in observations:
        probes.setdefault((one.observed_at, one.origin), []).append(one)
    return tuple(ProbeResult(at, origin, tuple(met)) for (at, origin), met in sorted(probes.items(), reverse=True))
