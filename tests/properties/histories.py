"""Every order of what Proxmox does, of what we get to see of it, and of what people answer; with the laws as its judge.

The judge is written a second time here, from the answers that were given: it shares no rule with the doctrine.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import DEFAULT_THRESHOLDS
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.engine.reconcile import janitor_run, reconciler
from proximity_tui.core.model import Action, Container, Kind, Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.lifecycle import STABLE
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import records
from tests.properties.imagined import CLEAR, NODES, Being, ImaginedCluster, Weather

LIMITS = Limits(confirm_after=timedelta(seconds=30))
VMIDS = tuple(range(101, 109))
NUMBERS = count(1)
CLOCK = SystemClock()

vmids = st.sampled_from(VMIDS)
weathers = st.one_of(
    st.just(CLEAR),
    st.builds(
        Weather,
        answers=st.sampled_from([True, True, True, False]),
        complete=st.sampled_from([True, True, False]),
        hidden=st.frozensets(vmids, max_size=3),
        quorate=st.sampled_from([True, True, False, None]),
        oracle=st.sampled_from([True, True, False]),
        privileges=st.sampled_from([True, True, False]),
        ours=st.sampled_from([True, True, True, False]),
        tasks=st.booleans(),
    ),
)

FAULTS = (
    Weather(answers=False),
    Weather(complete=False),
    Weather(quorate=False),
    Weather(quorate=None),
    Weather(oracle=False),
    Weather(privileges=False),
    Weather(ours=False),
)
"""Each alone is reason enough to conclude nothing."""
ONE_FAULT = st.sampled_from([CLEAR, Weather(tasks=False), Weather(hidden=frozenset(VMIDS)), *FAULTS])


class Histories(RuleBasedStateMachine):
    """A fleet, what becomes of it, who looks when through which weather, and what people answer."""

    time: time_machine.Traveller

    @initialize(ours=st.sets(vmids, min_size=1), others=st.sets(vmids))
    def begin(self, ours: set[int], others: set[int]) -> None:
        self.world = ImaginedCluster(f"cluster-{next(NUMBERS)}")
        self.watch = Poller(self.world, 60.0, CLOCK)  # type: ignore[arg-type]
        self.made: list[Container] = []
        self.concluded: set[int] = set()
        self.approved: set[int] = set()
        clusters.remember(self.world.cluster, self.world.root_ca)
        for vmid in sorted(ours | others):
            self.world.born(vmid, f"web{vmid}")
        for vmid in sorted(ours):
            self.adopt(vmid)

    # What Proxmox does

    @rule(vmid=vmids)
    def destroy(self, vmid: int) -> None:
        if vmid in self.world.beings:
            self.world.graves[vmid] = self.world.beings.pop(vmid)

    @rule(vmids=st.sets(vmids, min_size=4))
    def destroy_many(self, vmids: set[int]) -> None:
        for vmid in vmids:
            self.destroy(vmid)

    @rule(vmid=vmids)
    def restore(self, vmid: int) -> None:
        if vmid in self.world.graves and vmid not in self.world.beings:
            self.world.beings[vmid] = self.world.graves.pop(vmid)

    @rule(vmid=vmids, type=st.sampled_from(["lxc", "qemu"]), name=st.sampled_from(["intruder", "web101"]))
    def replace(self, vmid: int, type: str, name: str) -> None:
        self.destroy(vmid)
        self.world.born(vmid, name, type)

    @rule(vmid=vmids, node=st.sampled_from(NODES))
    def migrate(self, vmid: int, node: str) -> None:
        self.being(vmid).node = node

    @rule(vmid=vmids, lock=st.sampled_from([None, "destroyed", "create", "backup"]))
    def lock(self, vmid: int, lock: str | None) -> None:
        self.being(vmid).lock = lock

    @rule(vmid=vmids, name=st.sampled_from(["renamed", "web101"]))
    def rename(self, vmid: int, name: str) -> None:
        self.being(vmid).name = name

    @rule(node=st.sampled_from(NODES), off=st.booleans())
    def power(self, node: str, off: bool) -> None:
        (self.world.offline.add if off else self.world.offline.discard)(node)

    @rule(seconds=st.sampled_from([1, 31, 61, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.time.shift(timedelta(seconds=seconds))

    # What we and other people do

    @rule(vmid=vmids)
    def adopt(self, vmid: int) -> None:
        being = self.world.beings.get(vmid)
        if being is None or being.type != "lxc" or records.find_active(self.world.cluster, vmid):
            return
        self.made.append(
            records.add(
                records.NewRecord(
                    cluster=self.world.cluster,
                    vmid=vmid,
                    node=being.node,
                    name=being.name,
                    kind=Kind.ADOPTED,
                    state=State.RUNNING,
                    fingerprint=being.fingerprint,
                    seen=records.FirstSeen(
                        status=Status.RUNNING, presence=Presence.PRESENT, observed_at=datetime.now(UTC)
                    ),
                ),
                actor="anna@jump1",
                action=Action.ADOPT,
                message="adopted",
            )
        )

    @rule(vmid=vmids, state=st.sampled_from([State.REMOVING, State.ERROR]))
    def give_up(self, vmid: int, state: State) -> None:
        record = records.find_active(self.world.cluster, vmid)
        if record is not None and record.state in STABLE:
            records.transition(record, state, actor="anna@jump1", action=EventAction.OBSERVE, message=f"it is {state}")

    @precondition(lambda self: breakers.state(self.world.cluster) is not None)
    @rule(believes=st.booleans())
    def answer_the_breaker(self, believes: bool) -> None:
        state = breakers.state(self.world.cluster)
        assert state is not None
        if believes:
            breakers.approve(self.world.cluster, "anna@jump1", seen=state.missing)
            self.approved |= state.missing
        else:
            breakers.dismiss(self.world.cluster, "anna@jump1")

    @rule()
    def acknowledge_everything(self) -> None:
        for alert in alerts.open_alerts(self.world.cluster):
            if alert.kind != AlertKind.CLUSTER_CHANGED:
                alerts.acknowledge(alert.id, "anna@jump1")

    # Who looks

    @rule(weather=weathers)
    def the_watch_looks(self, weather: Weather) -> None:
        self.world.weather = weather
        self.watch.poll_once()

    @rule()
    def the_janitor_looks(self) -> None:
        janitor_run.run(self.world.cluster, DEFAULT_THRESHOLDS, store.transaction)

    @rule(weather=weathers, dry_run=st.sampled_from([False, False, False, True]))
    def the_reconciler_looks(self, weather: Weather, dry_run: bool) -> None:
        self.world.weather = weather
        before = records.active(self.world.cluster)
        report = reconciler.run(self.world, LIMITS, CLOCK, store.transaction, dry_run=dry_run)  # type: ignore[arg-type]
        assert report.errors == ()
        gone = [one for one in before if records.get(one.id).is_tombstone]
        assert len(gone) == report.orphans_purged
        assert not (dry_run and gone)
        for record in gone:
            self.assert_proved(record)
        unasked = [record for record in gone if record.id not in self.approved]
        assert len(unasked) <= max(LIMITS.breaker_min, LIMITS.breaker_fraction * len(before))
        self.concluded |= {record.id for record in gone}
        self.approved -= {one.id for one in before if one.vmid in self.world.beings}

    @rule(gone=st.sets(vmids, min_size=1), weather=ONE_FAULT)
    def some_vanish_and_all_looks_are_through_one_weather(self, gone: set[int], weather: Weather) -> None:
        for vmid in gone:
            self.destroy(vmid)
        for _ in range(3):
            self.the_reconciler_looks(weather, False)
            self.time_passes(61)

    @rule(vmid=vmids, by_watch=st.booleans())
    def one_comes_back_between_two_looks(self, vmid: int, by_watch: bool) -> None:
        self.destroy(vmid)
        self.the_reconciler_looks(CLEAR, False)
        self.time_passes(61)
        self.restore(vmid)
        self.the_watch_looks(CLEAR) if by_watch else self.the_reconciler_looks(CLEAR, False)
        self.destroy(vmid)
        self.the_reconciler_looks(CLEAR, False)

    # The laws

    def assert_proved(self, record: Container) -> None:
        """Two believable answers far enough apart, no sighting between them, and Proxmox's word that it is free."""
        assert record.vmid is not None
        assert record.vmid not in self.world.beings, "it was there"
        last = self.world.answers[-1]
        assert self.tells_that_it_is_gone(last, record.vmid)
        for answer in reversed(self.world.answers[:-1]):
            if record.vmid in answer.listed:
                break
            if self.tells_that_it_is_gone(answer, record.vmid) and last.at - answer.at >= LIMITS.confirm_after:
                return
        pytest.fail(f"{record.label} was concluded to be gone without a proof")

    @staticmethod
    def tells_that_it_is_gone(answer: object, vmid: int) -> bool:
        return answer.believable and vmid not in answer.listed and vmid in answer.free  # type: ignore[attr-defined]

    @invariant()
    def no_record_is_lost(self) -> None:
        for made in getattr(self, "made", []):
            record = records.get(made.id)
            history = events.list_events(container=made.id)
            assert history, "its history is there"
            assert record.is_tombstone == (made.id in self.concluded)
            if record.is_tombstone:
                assert any("ORPHAN" in event.message for event in history)
                assert record.fingerprint == made.fingerprint

    @invariant()
    def no_alert_is_raised_twice(self) -> None:
        raised = [one for one in alerts.all_alerts() if one.cluster == getattr(self, "world", Nobody).cluster]
        waiting = Counter((one.kind, one.container, one.name) for one in raised if one.resolved_at is None)
        assert all(times == 1 for times in waiting.values()), waiting
        orphans = Counter(one.container for one in raised if one.kind == AlertKind.ANOMALOUS_ORPHAN)
        assert all(times == 1 for times in orphans.values()), orphans

    @invariant()
    def an_orphan_nobody_wished_for_is_always_an_alert(self) -> None:
        for made in getattr(self, "made", []):
            if made.id in self.concluded:
                tombstone = records.get(made.id)
                kinds = {one.kind for one in alerts.for_container(made.id)}
                wished = tombstone.state in (State.REMOVING, State.ERROR)
                assert wished or AlertKind.ANOMALOUS_ORPHAN in kinds

    def being(self, vmid: int) -> Being:
        """The guest at a VMID, or one that is nowhere."""
        return self.world.beings.get(vmid, Being(0))


class Nobody:
    cluster = None
