"""The check of the channels of the people on call: they can be used, and their last messages arrived. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.config.channel_settings import ChannelSettings
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.secrets import resolve_secret
from proximity_tui.core.alerting.channel_client import ChannelClient, WrongChannel
from proximity_tui.core.model.alert import ChannelDelivery, DeliveryState
from proximity_tui.doctor.check_result import CheckResult, fail, ok, warn

AREA = "notify"


def judge(channel: ChannelSettings, last: ChannelDelivery | None) -> Iterator[CheckResult]:
    """Yield the results about a channel and its `last` message. Its URL is never repeated."""
    name, test = channel.name, f"proximity-tui notify test {channel.name}"
    if not channel.enabled:
        yield warn(AREA, name, "disabled: no alert is sent on it", "enabled = true")
        return
    try:
        client = ChannelClient(resolve_secret(channel.url).reveal(), timeout=1.0)
    except (ConfigError, WrongChannel) as error:
        yield fail(AREA, name, f"no alert is sent on it: {error}")
        return
    quiet = channel.rules.quiet_hours
    hours = f"; quiet from {quiet}" if quiet is not None else ""
    yield ok(
        AREA, name, f"{client.kind}, for {', '.join(sorted(channel.rules.severities, reverse=True))} alerts{hours}"
    )
    if client.receivers > 1:
        message = f"its URL names {client.receivers} receivers: where one is not reached, all are told again"
        yield warn(AREA, name, message, "give each receiver a [[notify]] table of its own")
    if last is None:
        yield ok(AREA, name, f"no alert was sent on it yet; to try it: {test}")
    elif last.state is DeliveryState.FAILED:
        yield fail(AREA, name, f"{last.subject} was not taken, attempt {last.attempts}: {last.error}", test)
    else:
        yield ok(AREA, name, f"{last.subject}: {last.state}")
