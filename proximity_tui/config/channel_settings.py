"""The settings of one channel on which people are told of alerts. Only a configuration that has one loads this."""

from __future__ import annotations

from proximity_tui.config.secrets import SecretSource
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.channel_rules import ChannelRules


@value_object
class ChannelSettings:
    """One channel; a disabled one is only listed."""

    rules: ChannelRules
    url: SecretSource
    """The place of its URL, as apprise writes it."""
    runbook: str | None = None
    """The address of what to do, with `{kind}` for the kind of the alert."""
    enabled: bool = True

    @property
    def name(self) -> str:
        """Its name, which no other channel has."""
        return self.rules.name
