"""The composition root: settings in, connected parts out. The only place that puts the parts together.

It decides nothing and starts nothing: pollers are made, but not started, and no cluster is contacted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from proximity_tui.config import load as config
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.locate import unusual_path
from proximity_tui.config.schema import Settings
from proximity_tui.core import store
from proximity_tui.core.base import process_id
from proximity_tui.core.base.clock import Clock, SystemClock
from proximity_tui.core.base.once import once
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.observe.known_clusters import KnownClusters
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.model import Actor
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.store import flags
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.revisions.drifts import Drifts
from proximity_tui.runtime.cluster_access import cluster_settings, unusable_settings

if TYPE_CHECKING:
    from proximity_tui.core.engine.engine import Engine
    from proximity_tui.core.engine.operations.outcome import EngineSettings
    from proximity_tui.simulator import Simulator


@value_object
class AppContext:
    """The clusters and the database of one process, for a command or for the screens."""

    settings: Settings
    engine_of: Callable[[], Engine]
    """Returns the one engine of the process; see `engine`."""
    clients: Mapping[str, PveClient]
    """By cluster; only those that are enabled. One whose token or CA file cannot be used now sends nothing."""
    pollers: Mapping[str, Poller]
    """By cluster; `Services` starts and stops them. In read-only they look without writing anything down."""
    simulated: bool = False
    """Whether it is framed SIMULATED: it is a demo, or its database is one that a demo made."""
    simulator: Simulator | None = None
    """The simulated cluster of a demo, owned by whoever started it."""
    known: KnownRecords = field(default_factory=KnownRecords)
    """The open records, once for all who follow them."""
    drifts: Drifts = field(default_factory=Drifts)
    """What lists know of drift; it reads each clinical record only once."""
    clock: Clock = field(default_factory=SystemClock)
    owner: str = field(default_factory=process_id.sign)
    """The signature of this process."""
    recall: KnownClusters | None = None
    """The memory of which cluster has which name; None of simulated ones."""
    held_back: bool = False
    """Whether it is read-only because its database takes no writes: as soon as it takes them see `promoted`."""
    temporary: bool = False
    """Whether its configuration and its database are removed when this process ends."""

    @property
    def engine(self) -> Engine:
        """The engine, loaded when something is first planned: most commands only look."""
        return self.engine_of()

    @property
    def named_config(self) -> Path | None:
        """The configuration that a command has to name; None where it is the default, or will not be there."""
        return None if self.temporary else unusual_path(self.settings.path)

    def close(self) -> None:
        """Close the connections and the database; `Services.stop` comes before. Does not wait: work under way is
        journaled.
        """
        self.close_connections()
        store.close_store()

    def close_connections(self) -> None:
        """Close the connections of the calling thread; a thread that contacted clusters does it when it ends."""
        for client in self.clients.values():
            client.close()


def open_context(
    settings: Settings, *, simulated: bool = False, simulator: Simulator | None = None, partly: bool = False
) -> AppContext:
    """Return a context with its database open. A `simulated` one flags the database, and a flagged one the context.
    With `partly` no cluster need be usable, for who answers from the records all the same. Raises ConfigError for a
    wrong configuration and StoreUnavailable for a database that cannot be used.
    """
    build = partial(build_context, simulated=simulated, simulator=simulator, partly=partly)
    context = build(settings)
    if simulated and settings.read_only:
        # The database of a demo is its own to make.
        store.open_store(settings.database, make_new=True)
        flags.mark_simulated()
    store.open_store(settings.database, make_new=simulated, select_only=settings.read_only)
    if store.is_read_only() and not settings.read_only:
        # Nothing may be changed that could not be written down; what was joined has asked nobody anything yet.
        context = replace(build(replace(settings, read_only=True)), held_back=True)
    if simulated and store.is_writable():
        flags.mark_simulated()
    return marked_simulated(context)


def promoted(context: AppContext) -> AppContext:
    """Return the context of a database that was opened as a standby and takes writes by now. Everything of it writes
    from here on, what is under way with the old context too. Raises StoreError.
    """
    store.open_again(context.settings.database)
    if store.is_read_only():
        # A role that may only SELECT.
        return replace(context, held_back=False)
    settings = replace(context.settings, read_only=False)
    context.engine.settings = engine_settings(settings)
    if context.recall is not None:
        context.recall.record = True
    for client in context.clients.values():
        client.allow_writes()
    for poller in context.pollers.values():
        poller.record = True
    return replace(context, settings=settings, held_back=False)


def marked_simulated(context: AppContext) -> AppContext:
    """Return the context, simulated if the open database is flagged so."""
    return replace(context, simulated=True) if flags.is_simulated() else context


def build_context(
    settings: Settings,
    *,
    role: str = "",
    simulated: bool = False,
    simulator: Simulator | None = None,
    partly: bool = False,
) -> AppContext:
    """Fetch the secrets and return a context of clients, pollers and engine, which signs with the `role`; the caller
    opens its database. A cluster whose token or CA file cannot be used now is one that does not answer. Raises
    ConfigError where that is each of them; for `partly` see `open_context`.
    """
    clock = SystemClock()
    # A simulated cluster is made each time, and is by no means the one of the last time.
    recall = None if simulated else KnownClusters(record=not settings.read_only)
    reached = _reached(settings, partly=partly)
    clients = {
        name: PveClient(found, clock, read_only=settings.read_only, recall=recall) for name, found in reached.items()
    }
    known = KnownRecords()
    pollers = {name: _poller(client, settings, clock, known) for name, client in clients.items()}
    owner = process_id.sign(role)
    engine_of = once(partial(_engine, clients, settings, clock, owner))
    drifts = Drifts(settings.drift)
    return AppContext(
        settings, engine_of, MappingProxyType(clients), MappingProxyType(pollers), simulated, simulator, known, drifts,
        clock, owner, recall,
    )  # fmt: skip


def _reached(settings: Settings, *, partly: bool) -> Mapping[str, ClusterSettings]:
    """Return the client's settings of each enabled cluster. Raises the first error where not one can be used."""
    found, failures = dict[str, ClusterSettings](), list[ConfigError]()
    for name, cluster in settings.enabled_clusters.items():
        try:
            found[name] = cluster_settings(cluster)
        except ConfigError as error:
            failures.append(error)
            found[name] = unusable_settings(cluster, str(error))
    if failures and len(failures) == len(found) and not partly:
        raise failures[0]
    return found


def with_cluster(context: AppContext, name: str) -> AppContext:
    """Return the context with one more cluster, as the configuration has it now; its poller is not started.
    The engine is the same, so that nothing under way notices, and knows the cluster, too. Every holder of the old
    context has to use the new one, so only `Services.add_cluster` calls this. Raises ConfigError.
    """
    found = config.load(context.settings.path).enabled_clusters
    if name in context.clients or name not in found:
        raise ConfigError(f"{name} is another cluster here than in {context.settings.path}: start again")
    settings = replace(context.settings, clusters=MappingProxyType({**context.settings.clusters, name: found[name]}))
    engine = context.engine
    recall = context.recall or KnownClusters(record=not settings.read_only)
    client = PveClient(cluster_settings(found[name]), engine.clock, read_only=settings.read_only, recall=recall)
    clients = MappingProxyType({**context.clients, name: client})
    pollers = MappingProxyType({**context.pollers, name: _poller(client, settings, engine.clock, context.known)})
    engine.clients, engine.settings = clients, engine_settings(settings)
    return replace(context, settings=settings, clients=clients, pollers=pollers)


def who_acts(settings: Settings) -> Actor:
    """Return the OS user and host, and the token where all enabled clusters have the same one."""
    import getpass
    import socket

    tokens = {cluster.token_id for cluster in settings.enabled_clusters.values()}
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A service user without an entry in the password database.
        user = "unknown"
    return Actor(user, socket.gethostname(), tokens.pop() if len(tokens) == 1 else None)


def _poller(client: PveClient, settings: Settings, clock: Clock, known: KnownRecords) -> Poller:
    interval = settings.refresh.interval.total_seconds()
    return Poller(client, interval, clock, record=not settings.read_only, known=known)


def _engine(clients: Mapping[str, PveClient], settings: Settings, clock: Clock, owner: str) -> Engine:
    from proximity_tui.core.engine.engine import Engine

    return Engine(clients, engine_settings(settings), clock, owner)


def engine_settings(settings: Settings) -> EngineSettings:
    """Return the settings of the engine."""
    from proximity_tui.core.engine.operations.outcome import EngineSettings

    return EngineSettings(
        actor=who_acts(settings),
        port_pool=settings.ports.public,
        confirm_after=settings.reconciler.confirm_after,
        read_only=settings.read_only,
        production=frozenset(name for name, cluster in settings.clusters.items() if cluster.production),
    )
