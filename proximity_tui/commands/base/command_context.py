"""The opening of a command's context by the global options: settings, the whole context, or the records alone.

The heavy imports of the program happen here, when a command runs, and not while its `--help` is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import did_you_mean

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from proximity_tui.config.schema import Settings
    from proximity_tui.runtime.context import AppContext


def settings_of(args: Namespace) -> Settings:
    """Return the settings, with the global options over them; `--cluster` leaves only that one. Raises ConfigError,
    and CommandEnd for a cluster that there is not.
    """
    from proximity_tui.config import load as config

    # What an early screen was painted by is used once: whoever asks again wants to know what changed.
    loaded: Settings | None = vars(args).pop("loaded", None)
    settings = loaded or config.load(args.config, database=args.database, read_only=args.read_only)
    if args.cluster is None:
        return settings
    if args.cluster not in settings.clusters:
        raise _unknown_cluster(args.cluster, tuple(settings.clusters))
    return replace(settings, clusters={args.cluster: settings.clusters[args.cluster]})


@contextmanager
def context_of(args: Namespace, *, partly: bool = False) -> Iterator[AppContext]:
    """Open a context for a command, and print the note SIMULATED first. With `partly`, for what answers from the
    records, no cluster need be usable. Raises ConfigError, and CommandEnd for a database that cannot be opened.
    """
    with context_with(settings_of(args), partly=partly) as context:
        if context.simulated:
            _print_simulated(args)
        yield context


@contextmanager
def context_with(settings: Settings, *, partly: bool = False) -> Iterator[AppContext]:
    """Open a context with these settings, with `partly` as `context_of` does. Raises CommandEnd for a database that
    cannot be opened.
    """
    from proximity_tui.core.store.db.store_errors import StoreUnavailable
    from proximity_tui.runtime.context import open_context

    try:
        context = open_context(settings, partly=partly)
    except StoreUnavailable as error:
        raise CommandEnd(Exit.USAGE, str(error)) from error
    try:
        yield context
    finally:
        context.close()


@contextmanager
def records_of(args: Namespace) -> Iterator[Settings]:
    """Open the database alone, for a command that needs no cluster or secret, and print the note SIMULATED first; yield
    the settings. Raises ConfigError, and CommandEnd for a database that cannot be opened.
    """
    from proximity_tui.core import store
    from proximity_tui.core.store import flags

    settings = settings_of(args)
    with open_records(settings):
        if flags.is_simulated():
            _print_simulated(args)
        yield replace(settings, read_only=True) if store.is_read_only() else settings


@contextmanager
def open_records(settings: Settings) -> Iterator[None]:
    """Open the database of these settings. Raises CommandEnd where it cannot be opened."""
    from proximity_tui.core import store
    from proximity_tui.core.store.db.store_errors import StoreUnavailable

    try:
        store.open_store(settings.database, select_only=settings.read_only)
    except StoreUnavailable as error:
        raise CommandEnd(Exit.USAGE, str(error)) from error
    try:
        yield
    finally:
        store.close_store()


def the_cluster(context: AppContext, named: str | None) -> str:
    """Return the named enabled cluster, or the only one. Raises CommandEnd, which lists them, where none is meant, and
    SecondName for one that has another name in our records.
    """
    found = _chosen(context, named)
    _meet(context, found)
    return found


def _meet(context: AppContext, name: str) -> None:
    """Check the identity of a cluster at the first contact. Raises SecondName for one that has another name in our
    records.
    """
    from proximity_tui.core.proxmox.errors import ProxmoxError, SecondName
    from proximity_tui.core.store import clusters

    if clusters.known_identity(name) is not None:
        return
    try:
        context.clients[name].version()
    except SecondName:
        raise
    except ProxmoxError:
        # Whatever is asked of it next says so better.
        return


def _chosen(context: AppContext, named: str | None) -> str:
    known = tuple(context.clients)
    if named in context.clients:
        return str(named)
    if named in context.settings.clusters:
        raise CommandEnd(Exit.USAGE, f"cluster {named} is disabled in {context.settings.path}")
    if named is not None:
        raise _unknown_cluster(named, known)
    if len(known) == 1:
        return known[0]
    if not known:
        raise CommandEnd(Exit.USAGE, f"no cluster is enabled in {context.settings.path}")
    raise choose_cluster(known)


def choose_cluster(names: Sequence[str]) -> CommandEnd:
    """Return the end of a command that several clusters could be meant by."""
    return CommandEnd(Exit.USAGE, f"choose a cluster with --cluster: {', '.join(names)}")


def _print_simulated(args: Namespace) -> None:
    """Print the note SIMULATED for people (law 7); it goes wherever the answer goes. A JSON document stays as it is."""
    if not getattr(args, "json", False):
        output.print_line("SIMULATED: this database was made by a demo; nothing in it is real")


def _unknown_cluster(name: str, known: tuple[str, ...]) -> CommandEnd:
    advice = did_you_mean(name, known, f"configured: {', '.join(known) or 'none'}")
    return CommandEnd(Exit.USAGE, f"there is no cluster {name}; {advice}")


def since_option(parser: ArgumentParser, meaning: str, default: timedelta | None = None) -> None:
    """Add `--since` to a command: a span of time back from now, with its meaning as help."""
    parser.add_argument("--since", metavar="SPAN", type=_span, default=default, help=meaning)


def reveal_option(parser: ArgumentParser) -> None:
    """Add `--reveal` to a command whose JSON may hold secrets."""
    parser.add_argument("--reveal", action="store_true", help="with --json: include values that may be secret")


def refuse_unseen(args: Namespace) -> None:
    """Raise CommandEnd for `--reveal` without the document that would show it."""
    if args.reveal and not args.json:
        raise CommandEnd(Exit.USAGE, "--reveal works only with --json: nothing was shown")


def _span(text: str) -> timedelta:
    """Return a span of time from `8h`, `30m` or `2d`. Raises ArgumentTypeError, which names the remedy."""
    from argparse import ArgumentTypeError

    from proximity_tui.config.config_errors import Invalid
    from proximity_tui.config.values import interval

    try:
        return interval(text)
    except Invalid as error:
        raise ArgumentTypeError(f"it {error}") from None
