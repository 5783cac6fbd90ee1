"""The settings of one run: options over environment over file over defaults, and the origin of each.

Reads the configuration file and nothing else; secrets stay where they are until `resolve_secret` fetches one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from proximity_tui.config import addresses, places, values
from proximity_tui.config.errors import ConfigError, Invalid, NoConfiguration
from proximity_tui.config.files.tables import TomlTable, read_toml
from proximity_tui.config.schema import (
    BreakerSettings,
    CertificateAuthority,
    ClusterConfig,
    JanitorSettings,
    MetricsSettings,
    PinnedCertificate,
    ReconcilerSettings,
    RefreshSettings,
    SentrySettings,
    Settings,
    Trust,
    Unverified,
)
from proximity_tui.config.secrets import SecretSource, resolve_secret, secret_source
from proximity_tui.config.tables.alerts import read_alerts
from proximity_tui.config.tables.clusters import read_clusters
from proximity_tui.config.tables.drift import read_drift
from proximity_tui.config.tables.lint import read_lint
from proximity_tui.config.tables.ports import read_ports, read_probe
from proximity_tui.config.tables.screen_settings import read_shell, read_texts
from proximity_tui.config.tables.thresholds import read_thresholds
from proximity_tui.config.template import TEMPLATE
from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.base.secret import register

if TYPE_CHECKING:
    from proximity_tui.config.channel_settings import ChannelSettings

__all__ = [
    "BreakerSettings",
    "CertificateAuthority",
    "ClusterConfig",
    "ConfigError",
    "JanitorSettings",
    "MetricsSettings",
    "NoConfiguration",
    "PinnedCertificate",
    "ReconcilerSettings",
    "RefreshSettings",
    "SecretSource",
    "SentrySettings",
    "Settings",
    "Trust",
    "Unverified",
    "config_template",
    "default_database_url",
    "default_path",
    "load",
    "locate",
    "resolve_secret",
    "unusual_path",
]

_TOP = ("database", "read_only", "bell", "shell", "theme")
_SECTIONS = (
    "clusters",
    "refresh",
    "reconciler",
    "janitor",
    "ports",
    "alerts",
    "probe",
    "drift",
    "lint",
    "thresholds",
    "sentry",
    "notify",
    "metrics",
    "keys",
    "aliases",
    "views",
)
_MISPLACED = dict.fromkeys(_TOP, "it belongs at the top of the file, before the first [table]")
_PAUSED = {"enabled": "to stop it for everybody, pause it on the Jobs screen"}
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def load(
    path: Path | None,
    *,
    database: str | None = None,
    read_only: bool | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings from the file that `locate` finds, overridden by the environment, overridden by options.

    `path`, `database` and `read_only` are the global options, None where not given. An empty variable counts as not
    set. Raises NoConfiguration where there is no file, else ConfigError naming file, key and remedy.
    """
    file, named_by = locate(path, environ)
    try:
        content = read_toml(file)
    except FileNotFoundError:
        raise NoConfiguration(file, named_by) from None
    origins: dict[str, str] = {}
    top = TomlTable(file, "", content, (*_TOP, *_SECTIONS), origins, _MISPLACED)
    return Settings(
        path=file,
        database=_database(top, database, environ),
        read_only=_read_only(top, read_only, environ),
        bell=top.read("bell", values.flag, False),
        **read_shell(top),
        theme=top.read("theme", values.theme, ThemeSetting.AUTO),
        clusters=read_clusters(top.table("clusters", None)),
        refresh=_refresh(top),
        reconciler=_reconciler(top),
        janitor=_janitor(top),
        ports=read_ports(top),
        alerts=read_alerts(top),
        probe=read_probe(top),
        drift=read_drift(top),
        lint=read_lint(top),
        thresholds=read_thresholds(top),
        sentry=_sentry(top),
        channels=_channels(top),
        metrics=_metrics(top),
        keys=read_texts(top, "keys"),
        aliases=read_texts(top, "aliases"),
        views=read_texts(top, "views"),
        origins=MappingProxyType(origins),
    )


def locate(path: Path | None, environ: Mapping[str, str] = os.environ) -> tuple[Path, str]:
    """Return the file to read, and its origin: `--config`, `$PROXIMITY_TUI_CONFIG` or "default".

    Raises ConfigError for an invalid path, and where there is no default because the user has no home.
    """
    named = path if path is not None else environ.get("PROXIMITY_TUI_CONFIG")
    if not named:
        return default_path(environ), "default"
    by = "--config" if path is not None else "$PROXIMITY_TUI_CONFIG"
    try:
        return places.absolute(named), by
    except Invalid as error:
        raise ConfigError(f"{by} {error}") from None


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return `proximity-tui.toml` in a service's own or the user's configuration directory, whether
    or not it exists.
    """
    if folder := _folder_of_service("CONFIGURATION_DIRECTORY", environ):
        return folder / "proximity-tui.toml"
    return places.user_folder("config") / "proximity-tui.toml"


def unusual_path(path: Path) -> Path | None:
    """Return `path` if it has to be named on the command line, None where it is the default."""
    try:
        return None if path == default_path() else path
    except ConfigError:
        return path


def default_database_url(environ: Mapping[str, str] = os.environ) -> str:
    """Return the URL of an SQLite file in a service's own or the user's data directory, whether or not it exists."""
    if (folder := _folder_of_service("STATE_DIRECTORY", environ)) is None:
        folder = places.user_folder("data")
    return addresses.sqlite_url(folder / "proximity.db")


def config_template() -> str:
    """Return a commented example configuration: it loads, and its commented settings are the defaults."""
    return TEMPLATE


def _folder_of_service(variable: str, environ: Mapping[str, str]) -> Path | None:
    """Return the folder that systemd gave a service, the first where it gave several."""
    first = environ.get(variable, "").partition(":")[0]
    return Path(first) if first else None


def _database(top: TomlTable, option: str | None, environ: Mapping[str, str]) -> str:
    configured = top.read("database", addresses.database_url, "")
    variable = environ.get("PROXIMITY_TUI_DATABASE")
    for given, name in ((option, "--database"), (variable, "$PROXIMITY_TUI_DATABASE")):
        if given:
            top.origins["database"] = name
            try:
                configured = addresses.database_url(given)
            except Invalid as error:
                raise ConfigError(f"{name} {error}") from None
            break
    if password := urlsplit(configured).password:
        for form in {password, unquote(password)}:
            register(form)
    return configured or default_database_url(environ)


def _read_only(top: TomlTable, option: bool | None, environ: Mapping[str, str]) -> bool:
    configured = top.read("read_only", values.flag, False)
    if option is not None:
        top.origins["read_only"] = "--read-only"
        return option
    variable = environ.get("PROXIMITY_TUI_READ_ONLY", "").strip().lower()
    if not variable:
        return configured
    top.origins["read_only"] = "$PROXIMITY_TUI_READ_ONLY"
    if variable not in _YES | _NO:
        raise ConfigError("$PROXIMITY_TUI_READ_ONLY must be 1 or 0 (also true, yes, on; false, no, off)")
    return variable in _YES


def _refresh(top: TomlTable) -> RefreshSettings:
    table, default = top.table("refresh", ("interval",)), RefreshSettings()
    return RefreshSettings(interval=table.read("interval", values.interval, default.interval))


def _reconciler(top: TomlTable) -> ReconcilerSettings:
    table = top.table("reconciler", ("interval", "confirm_after", "breaker"), _PAUSED)
    breaker = table.table("breaker", ("min", "fraction"))
    default = ReconcilerSettings()
    return ReconcilerSettings(
        interval=table.read("interval", values.interval, default.interval),
        # Nothing is a valid distance: there are still two complete looks before an absence is concluded.
        confirm_after=table.read("confirm_after", values.duration, default.confirm_after),
        breaker=BreakerSettings(
            min=breaker.read("min", values.count, default.breaker.min),
            fraction=breaker.read("fraction", values.fraction, default.breaker.fraction),
        ),
    )


def _janitor(top: TomlTable) -> JanitorSettings:
    spans = ("interval", "deploying", "cloning", "updating", "removing", "adopting")
    table, default = top.table("janitor", spans), JanitorSettings()
    return JanitorSettings(**{key: table.read(key, values.interval, getattr(default, key)) for key in spans})


def _sentry(top: TomlTable) -> SentrySettings:
    table, default = top.table("sentry", ("dsn", "environment", "include_hostname")), SentrySettings()
    source = secret_source(table.dotted("dsn"), table.file.parent, allow_text=True)
    return SentrySettings(
        dsn=table.read("dsn", source, None),
        environment=table.read("environment", values.text, default.environment),
        include_hostname=table.read("include_hostname", values.flag, default.include_hostname),
    )


def _channels(top: TomlTable) -> tuple[ChannelSettings, ...]:
    if "notify" not in top.content:
        return ()
    from proximity_tui.config.tables.channels import (
        read_channels,  # most configurations have none, and every start counts
    )

    return read_channels(top)


def _metrics(top: TomlTable) -> MetricsSettings:
    table, default = top.table("metrics", ("listen", "file")), MetricsSettings()
    return MetricsSettings(
        listen=table.read("listen", addresses.loopback_address, default.listen),
        file=table.read("file", values.path_from(table.file.parent), default.file),
    )
