"""Safe modes: they refuse changes to a cluster that everything else would allow.

A freeze refuses everybody until it ends. A production cluster refuses everybody who has not armed it for now. Neither
affects reading, nor the jobs: these change nothing at Proxmox.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Actor, Refusal, RefusalCode

ARMED_FOR = timedelta(minutes=10)
"""How long write mode lasts."""


@value_object
class Freeze:
    """A person's order that nothing may be changed in one cluster, or in all (`cluster` is None)."""

    id: int
    cluster: str | None
    by: str
    reason: str
    since: datetime
    until: datetime | None
    """When it ends by itself; None for one that a person must lift."""

    @property
    def sentence(self) -> str:
        """The target of the freeze, its author, its start and end, and its reason, in one sentence."""
        end = f"until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else "until somebody lifts it"
        return f"{self.brief} since {self.since:%Y-%m-%d %H:%M} UTC, {end}: {self.reason}"

    @property
    def brief(self) -> str:
        """The target of the freeze and its author: `prod is frozen by anna@jump1`."""
        return f"{self.where} frozen by {self.by}"

    @property
    def where(self) -> str:
        """The subject of the sentence: `prod is` or `every cluster is`."""
        return f"{self.cluster or 'every cluster'} is"

    def holds(self, cluster: str, now: datetime) -> bool:
        """Return whether the freeze forbids changes of `cluster` at `now`."""
        return self.cluster in (None, cluster) and (self.until is None or now < self.until)


@value_object
class Arming:
    """A person's write mode for a production cluster."""

    id: int
    cluster: str
    person: str
    """`user@host`, as `person_of` names them."""
    reason: str
    since: datetime
    until: datetime


SafeModes = tuple[tuple[Freeze, ...], tuple[Arming, ...]]
"""The freezes and the armings that hold."""

NO_SAFE_MODES: SafeModes = ((), ())


def person_of(actor: Actor) -> str:
    """Return the person who arms and acts, whichever token they use: `anna@jump1`."""
    return f"{actor.user}@{actor.host}"


def check_may_write(
    cluster: str,
    actor: Actor,
    freezes: Sequence[Freeze],
    armings: Sequence[Arming],
    now: datetime,
    production: Collection[str],
) -> Refusal | None:
    """Return the refusal when `actor` may not change anything of `cluster` at `now`, else None.

    `production` names the clusters that must be armed first.
    """
    frozen = check_not_frozen(cluster, freezes, now)
    if frozen is not None or cluster not in production:
        return frozen
    me = person_of(actor)
    if any(one.cluster == cluster and one.person == me and one.since <= now < one.until for one in armings):
        return None
    minutes = f"{ARMED_FOR.total_seconds() / 60:.0f} minutes"
    return Refusal(
        RefusalCode.DISARMED,
        f"{cluster} is a production cluster, and {me} has not armed it: `proximity-tui arm --cluster {cluster}"
        f" --reason TEXT` gives you write mode for {minutes}",
    )


def check_not_frozen(cluster: str, freezes: Sequence[Freeze], now: datetime) -> Refusal | None:
    """Return the refusal of the first freeze that holds, or None where nothing is frozen."""
    found = next((freeze for freeze in freezes if freeze.holds(cluster, now)), None)
    return Refusal(RefusalCode.FROZEN, found.sentence) if found else None


def headline(
    actor: Actor, freezes: Sequence[Freeze], armings: Sequence[Arming], now: datetime, clusters: Collection[str]
) -> str | None:
    """Return the part of the header about safe modes for `actor`, who sees `clusters`; None when no safe mode holds.

    Since when, until when and why is said where a change is refused; in the header there is no room for it.
    """
    frozen = next((one for one in freezes if any(one.holds(cluster, now) for cluster in clusters)), None)
    if frozen is not None:
        return f"FROZEN: {frozen.brief}"
    mine = [one for one in armings if one.person == person_of(actor) and one.cluster in clusters and now < one.until]
    armed = [f"{one.cluster} for {_minutes(one.until - now)}" for one in mine]
    return f"ARMED: {', '.join(armed)}" if armed else None


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min" if span >= timedelta(minutes=1) else "less than a minute"
