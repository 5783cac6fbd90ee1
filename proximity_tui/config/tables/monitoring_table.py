"""What watches the program itself: the tables `[sentry]` and `[metrics]`."""

from __future__ import annotations

from proximity_tui.config import url_values, values
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import MetricsSettings, SentrySettings
from proximity_tui.config.secrets import secret_source


def read_sentry(top: TomlTable) -> SentrySettings:
    """Return where errors and alerts are sent, and as what."""
    table, default = top.table("sentry", ("dsn", "environment", "include_hostname")), SentrySettings()
    source = secret_source(table.dotted("dsn"), table.file.parent, allow_text=True)
    return SentrySettings(
        dsn=table.read("dsn", source, None),
        environment=table.read("environment", values.text, default.environment),
        include_hostname=table.read("include_hostname", values.flag, default.include_hostname),
    )


def read_metrics(top: TomlTable) -> MetricsSettings:
    """Return where metrics are offered."""
    table, default = top.table("metrics", ("listen", "file")), MetricsSettings()
    return MetricsSettings(
        listen=table.read("listen", url_values.loopback_address, default.listen),
        file=table.read("file", values.path_from(table.file.parent), default.file),
    )
