"""Safe modes: what keeps hands off a cluster although everything else would allow a change.

A freeze refuses everybody until it ends. A production cluster refuses everybody who has not armed it for the moment.
Neither touches looking, nor the jobs: these change nothing at Proxmox.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from proximity_tui.core.model import Actor, Refusal

ARMED_FOR = timedelta(minutes=10)
"""How long write mode lasts."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """A person's order that nothing may be changed: of one cluster, or of all (`cluster` is None)."""

    id: int
    cluster: str | None
    by: str
    reason: str
    since: datetime
    until: datetime | None
    """When it ends by itself; None for one that a person must lift."""

    @property
    def sentence(self) -> str:
        """What is frozen, by whom, since and until when, and why."""
        end = f"until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else "until somebody lifts it"
        return f"{self.where} frozen by {self.by} since {self.since:%Y-%m-%d %H:%M} UTC, {end}: {self.reason}"

    @property
    def where(self) -> str:
        """`prod is` or `every cluster is`."""
        return f"{self.cluster or 'every cluster'} is"

    def holds(self, cluster: str, now: datetime) -> bool:
        """Whether it forbids changes of `cluster` at `now`."""
        return self.cluster in (None, cluster) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Arming:
    """A person's write mode for a production cluster."""

    id: int
    cluster: str
    person: str
    """`user@host`, as `person_of` names them."""
    reason: str
    since: datetime
    until: datetime


def person_of(actor: Actor) -> str:
    """Who arms and acts, whichever token speaks for them: `anna@jump1`."""
    return f"{actor.user}@{actor.host}"


def may_write(
    cluster: str,
    actor: Actor,
    freezes: Sequence[Freeze],
    armings: Sequence[Arming],
    now: datetime,
    production: Collection[str],
) -> Refusal | None:
    """Why `actor` may not change anything of `cluster` at `now`; None when they may.

    `production` names the clusters that must be armed first.
    """
    frozen = why_frozen(cluster, freezes, now)
    if frozen is not None or cluster not in production:
        return frozen
    me = person_of(actor)
    if any(one.cluster == cluster and one.person == me and one.since <= now < one.until for one in armings):
        return None
    minutes = f"{ARMED_FOR.total_seconds() / 60:.0f} minutes"
    return Refusal(
        "disarmed",
        f"{cluster} is a production cluster, and {me} has not armed it: `proximity-tui arm --cluster {cluster}"
        f" --reason TEXT` gives you write mode for {minutes}",
    )


def why_frozen(cluster: str, freezes: Sequence[Freeze], now: datetime) -> Refusal | None:
    """The refusal of the first freeze that holds; None where nothing is frozen."""
    found = next((freeze for freeze in freezes if freeze.holds(cluster, now)), None)
    return Refusal("frozen", found.sentence) if found else None


def headline(
    actor: Actor, freezes: Sequence[Freeze], armings: Sequence[Arming], now: datetime, clusters: Collection[str]
) -> str | None:
    """What a header says of safe modes to `actor`, who sees `clusters`; None when there is nothing to say."""
    frozen = [one.sentence for one in freezes if any(one.holds(cluster, now) for cluster in clusters)]
    if frozen:
        return f"FROZEN: {'; '.join(frozen)}"
    mine = [one for one in armings if one.person == person_of(actor) and one.cluster in clusters and now < one.until]
    said = [f"{one.cluster} for {_minutes(one.until - now)}" for one in mine]
    return f"ARMED: {', '.join(said)}" if said else None


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min" if span >= timedelta(minutes=1) else "less than a minute"
