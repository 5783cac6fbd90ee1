"""`notify list`: the channels of the people on call, and how their last messages ended. `notify test [CHANNEL]`: a test
message on one channel, or on each. Contacts no cluster, and never shows the URL of a channel.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import records_of, settings_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.parser import name_of
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import did_you_mean
from proximity_tui.core.model.alert import ChannelDelivery, DeliveryState

if TYPE_CHECKING:
    from proximity_tui.config.channel_settings import ChannelSettings
    from proximity_tui.config.schema import Settings
    from proximity_tui.core.model.channel_rules import ChannelRules

_NONE = "no channel is configured; add a [[notify]] table to {path}"
_HEADERS = ("CHANNEL", "SENDS", "QUIET HOURS", "WAITING", "LAST MESSAGE")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `notify`."""
    parser.add_argument(
        "verb",
        choices=("list", "test"),
        help="list: show the channels and how their last messages ended. test: send a test message",
    )
    parser.add_argument(
        "channel", nargs="?", type=name_of, metavar="CHANNEL", help="with test: only this channel (default: each)"
    )
    json_option(parser)
    parser.epilog = "A test opens no alert and is not recorded. It ends with 1 when a channel did not take the message."


def run(args: Namespace) -> int:
    """List the channels or test them; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for
    whatever else ends it.
    """
    return _test(args) if args.verb == "test" else _list(args)


def _test(args: Namespace) -> int:
    from proximity_tui.core.doctrine.guards.refusals import READ_ONLY

    settings = settings_of(args)
    chosen = _chosen(settings, args.channel)
    if settings.read_only:
        raise CommandRefused(READ_ONLY)
    results = []
    for channel in chosen:
        service, error = _sent(channel)
        results.append({"channel": channel.name, "service": service, "success": error is None, "error": error})
        if not args.json:
            output.print_line(f"{channel.name}: {'the message was taken' if error is None else f'failed: {error}'}")
    if args.json:
        output.document({"results": results})
    return Exit.DONE if all(one["success"] for one in results) else Exit.FAILED


def _sent(channel: ChannelSettings) -> tuple[str | None, str | None]:
    """Send a test message; return the kind of service, and why it was not taken."""
    from proximity_tui.config.config_errors import ConfigError
    from proximity_tui.config.secrets import resolve_secret
    from proximity_tui.core.alerting.channel_client import ChannelClient, WrongChannel
    from proximity_tui.core.alerting.message import trial_message
    from proximity_tui.core.alerting.notifier import TIMEOUT

    try:
        client = ChannelClient(resolve_secret(channel.url).reveal(), timeout=TIMEOUT)
    except (ConfigError, WrongChannel) as error:
        return None, str(error)
    why = client.send(trial_message(channel.name), None)
    return client.kind, None if why is None else why.reason


def _chosen(settings: Settings, name: str | None) -> list[ChannelSettings]:
    """Return the named channel, or each that is enabled."""
    known = {channel.name: channel for channel in settings.channels}
    if not known:
        raise CommandEnd(Exit.USAGE, _NONE.format(path=settings.path))
    if name is None:
        return [channel for channel in known.values() if channel.enabled]
    if name not in known:
        advice = did_you_mean(name, known, f"configured: {', '.join(known)}")
        raise CommandEnd(Exit.NOT_FOUND, f"there is no channel {name}; {advice}")
    return [known[name]]


def _list(args: Namespace) -> int:
    if args.channel is not None:
        raise CommandEnd(Exit.USAGE, "`notify list` shows every channel, and takes no name")
    from proximity_tui.core.store.alerts import notifications

    with records_of(args) as settings:
        shown = [(one, _waiting(one.rules), notifications.last_delivery(one.name)) for one in settings.channels]
    if args.json:
        output.document([_document(*one) for one in shown])
    elif shown:
        output.table(_HEADERS, [_cells(*one) for one in shown])
    else:
        output.note(_NONE.format(path=settings.path))
    return Exit.DONE


def _waiting(rules: ChannelRules) -> int:
    from proximity_tui.core.store.alerts import notifications

    return notifications.undelivered(rules.name, rules.severities, ends=rules.resolved)


def _document(channel: ChannelSettings, waiting: int, last: ChannelDelivery | None) -> dict[str, Any]:
    rules = channel.rules
    return {
        "name": channel.name,
        "enabled": channel.enabled,
        "severities": sorted(rules.severities),
        "quiet_hours": None if rules.quiet_hours is None else str(rules.quiet_hours),
        "quiet_severities": sorted(rules.quiet_severities) if rules.quiet_hours is not None else [],
        "quiet_now": rules.is_quiet_at(datetime.now().astimezone()),
        "resolved": rules.resolved,
        "kept_in": channel.url.origin,
        "runbook": channel.runbook,
        "waiting": waiting,
        "last": None
        if last is None
        else {
            "alert": last.alert,
            "occasion": last.occasion,
            "state": last.state,
            "at": output.utc(last.claimed_at),
            "delivered_at": output.utc(last.delivered_at),
            "attempts": last.attempts,
            "retry_at": output.utc(last.retry_at),
            "error": last.error,
        },
    }


def _cells(channel: ChannelSettings, waiting: int, last: ChannelDelivery | None) -> list[str | None]:
    rules = channel.rules
    quiet = None
    if rules.quiet_hours is not None:
        now = " (now)" if rules.is_quiet_at(datetime.now().astimezone()) else ""
        quiet = f"{rules.quiet_hours}{now}, {_words(rules.quiet_severities)} waits"
    sends = _words(rules.severities) if channel.enabled else "disabled"
    return [channel.name, sends, quiet, str(waiting), _ending(last)]


def _words(severities: frozenset[Any]) -> str:
    return ", ".join(sorted(severities, reverse=True))


def _ending(last: ChannelDelivery | None) -> str | None:
    if last is None:
        return None
    match last.state:
        case DeliveryState.DELIVERED:
            return f"{last.subject} taken {output.local(last.delivered_at)}"
        case DeliveryState.FAILED:
            return f"{last.subject} not taken: {last.error}; again {output.local(last.retry_at)}"
        case _:
            return f"{last.subject} on its way since {output.local(last.claimed_at)}"
