"""The settings of one run: options over environment over file over defaults, and the origin of each.

Reads the configuration file and nothing else; secrets stay where they are until `resolve_secret` fetches one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from proximity_tui.config import url_values, values
from proximity_tui.config.config_errors import ConfigError, Invalid, NoConfiguration
from proximity_tui.config.files.tables import TomlTable, read_toml
from proximity_tui.config.locate import default_database_url, locate
from proximity_tui.config.schema import Settings
from proximity_tui.config.tables.clusters_table import read_clusters
from proximity_tui.config.tables.drift_table import read_drift
from proximity_tui.config.tables.jobs_table import read_janitor, read_reconciler, read_refresh
from proximity_tui.config.tables.lint_table import read_lint
from proximity_tui.config.tables.monitoring_table import read_metrics, read_sentry
from proximity_tui.config.tables.ports_table import read_ports, read_probe
from proximity_tui.config.tables.screen_table import read_shell, read_texts
from proximity_tui.config.tables.thresholds_table import read_alerts, read_thresholds
from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.base.secret import register

if TYPE_CHECKING:
    from proximity_tui.config.channel_settings import ChannelSettings

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
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def load(
    path: Path | None,
    *,
    database: str | None = None,
    read_only: bool | None = None,
    draft: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings from the file that `locate` finds, overridden by the environment, overridden by the options
    `path`, `database` and `read_only` (None: not given). `draft` is a file with the content that it is to have. Of the
    variables an empty one is none. Raises NoConfiguration where there is no file, else ConfigError naming the remedy.
    """
    file, named_by = locate(path, environ)
    origins: dict[str, str] = {}
    top = TomlTable(file, "", _content(draft or file, named_by), (*_TOP, *_SECTIONS), origins, _MISPLACED)
    return Settings(
        path=file,
        database=_database(top, database, environ),
        read_only=_read_only(top, read_only, environ),
        bell=top.read("bell", values.flag, False),
        **read_shell(top),
        theme=top.read("theme", values.theme, ThemeSetting.AUTO),
        clusters=read_clusters(top.table("clusters", None)),
        refresh=read_refresh(top),
        reconciler=read_reconciler(top),
        janitor=read_janitor(top),
        ports=read_ports(top),
        alerts=read_alerts(top),
        probe=read_probe(top),
        drift=read_drift(top),
        lint=read_lint(top),
        thresholds=read_thresholds(top),
        sentry=read_sentry(top),
        channels=_channels(top),
        metrics=read_metrics(top),
        keys=read_texts(top, "keys"),
        aliases=read_texts(top, "aliases"),
        views=read_texts(top, "views"),
        origins=MappingProxyType(origins),
    )


def read_only_without_file(option: bool | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether nothing may be written where there is no configuration yet: as the option and the environment
    say. Raises ConfigError.
    """
    return _read_only(TomlTable(Path(), "", {}, (), {}), option, environ)


def _content(file: Path, named_by: str) -> dict[str, Any]:
    try:
        return read_toml(file)
    except FileNotFoundError:
        raise NoConfiguration(file, named_by) from None


def _database(top: TomlTable, option: str | None, environ: Mapping[str, str]) -> str:
    configured = top.read("database", url_values.database_url_from(top.file.parent), "")
    variable = environ.get("PROXIMITY_TUI_DATABASE") or None
    for given, name in ((option, "--database"), (variable, "$PROXIMITY_TUI_DATABASE")):
        if given is not None:
            top.origins["database"] = name
            try:
                configured = url_values.database_url(given)
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


def _channels(top: TomlTable) -> tuple[ChannelSettings, ...]:
    if "notify" not in top.content:
        return ()
    from proximity_tui.config.tables.channels_table import (
        read_channels,  # most configurations have none, and every start counts
    )

    return read_channels(top)
