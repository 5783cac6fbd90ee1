"""Which file is read, what overrides what, and what a person can learn about where a setting came from."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.config import load as config
from proximity_tui.config.config_errors import ConfigError, NoConfiguration
from proximity_tui.config.locate import default_database_url, locate
from proximity_tui.config.schema import BreakerSettings, ReconcilerSettings
from proximity_tui.config.template import TEMPLATE
from proximity_tui.core.base.secret import redact
from tests.support.records.configs import Read, cluster, reader


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_an_empty_file_means_the_documented_defaults(read: Read) -> None:
    settings = read()
    assert settings.clusters == {}
    assert settings.read_only is False
    assert settings.refresh.interval == timedelta(seconds=10)
    assert settings.reconciler == ReconcilerSettings(
        timedelta(minutes=5), timedelta(seconds=30), BreakerSettings(3, 0.10)
    )
    assert settings.janitor.interval == timedelta(minutes=15)
    assert settings.ports.public == range(8100, 9000)
    assert settings.sentry.dsn is None
    assert settings.database == default_database_url()


def test_a_service_finds_configuration_and_database_where_systemd_says(tmp_path: Path) -> None:
    (tmp_path / "proximity-tui.toml").write_text("")
    service = {"CONFIGURATION_DIRECTORY": f"{tmp_path}:/etc/more", "STATE_DIRECTORY": "/var/lib/proximity-tui:/var/x"}
    settings = config.load(None, environ=service)
    assert settings.path == tmp_path / "proximity-tui.toml"
    assert settings.database == "sqlite:////var/lib/proximity-tui/proximity.db"
    assert config.load(None, database="postgresql://db/x", environ=service).database == "postgresql://db/x"


def test_no_file_is_its_own_error_that_knows_the_path_and_who_named_it(tmp_path: Path) -> None:
    with pytest.raises(NoConfiguration) as missing:
        config.load(None, environ={"PROXIMITY_TUI_CONFIG": str(tmp_path / "no.toml")})
    assert (missing.value.path, missing.value.origin) == (tmp_path / "no.toml", "$PROXIMITY_TUI_CONFIG")
    assert "`proximity-tui connect` writes it" in str(missing.value)


def test_without_being_told_the_file_is_sought_in_the_users_configuration_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    expected = tmp_path / "proximity-tui" / "proximity-tui.toml"
    assert locate(None, {"PROXIMITY_TUI_CONFIG": ""}) == (expected, "default")


def test_without_being_told_the_database_is_in_the_users_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_database_url() == f"sqlite:///{tmp_path}/proximity-tui/proximity.db"


def test_the_config_option_wins_over_the_environment(tmp_path: Path) -> None:
    named = {"PROXIMITY_TUI_CONFIG": "/elsewhere.toml"}
    assert locate(tmp_path / "mine.toml", named) == (tmp_path / "mine.toml", "--config")


@pytest.mark.parametrize(
    ("option", "variable", "written", "wins"),
    [
        ("sqlite:////o", "sqlite:////v", "sqlite:////f", ("sqlite:////o", "--database")),
        (None, "sqlite:////v", "sqlite:////f", ("sqlite:////v", "$PROXIMITY_TUI_DATABASE")),
        (None, "", "sqlite:////f", ("sqlite:////f", "FILE")),
    ],
)
def test_option_beats_environment_beats_file_for_the_database(
    read: Read, option: str | None, variable: str, written: str, wins: tuple[str, str]
) -> None:
    settings = read(f'database = "{written}"', database=option, environ={"PROXIMITY_TUI_DATABASE": variable})
    origin = settings.origins["database"].replace(str(settings.path), "FILE")
    assert (settings.database, origin) == wins


@pytest.mark.parametrize(
    ("option", "variable", "written", "wins"),
    [
        (True, "0", "false", (True, "--read-only")),
        (None, "1", "false", (True, "$PROXIMITY_TUI_READ_ONLY")),
        (None, "no", "true", (False, "$PROXIMITY_TUI_READ_ONLY")),
        (None, "", "true", (True, "FILE")),
    ],
)
def test_option_beats_environment_beats_file_for_read_only(
    read: Read, option: bool | None, variable: str, written: str, wins: tuple[bool, str]
) -> None:
    settings = read(f"read_only = {written}", read_only=option, environ={"PROXIMITY_TUI_READ_ONLY": variable})
    origin = settings.origins["read_only"].replace(str(settings.path), "FILE")
    assert (settings.read_only, origin) == wins


def test_an_unclear_read_only_in_the_environment_is_refused_instead_of_guessed(read: Read) -> None:
    with pytest.raises(ConfigError, match=r"^\$PROXIMITY_TUI_READ_ONLY must be 1 or 0"):
        read(environ={"PROXIMITY_TUI_READ_ONLY": "ja"})


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"database": "x"}, "--database"),
        ({"database": ""}, "--database must not be empty"),
        ({"environ": {"PROXIMITY_TUI_DATABASE": "x"}}, r"\$PROXIMITY_TUI_D"),
    ],
)
def test_a_wrong_override_is_named_instead_of_the_file(read: Read, given: dict[str, object], name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}"):
        read(**given)


def test_every_setting_says_where_it_came_from(read: Read) -> None:
    settings = read(cluster() + '\n[refresh]\ninterval = "1s"')
    assert settings.origins["refresh.interval"] == str(settings.path)
    assert settings.origins["clusters.prod.url"] == str(settings.path)
    assert settings.origins["clusters.prod.enabled"] == "default"
    assert settings.origins["reconciler.breaker.min"] == "default"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:correct-horse@db/fleet", "postgresql://me:***@db/fleet"),
        ("postgresql://me:battery@staple@db/fleet", "postgresql://me:***@db/fleet"),
        ("postgresql://db/fleet?password=tr0ub4dor&x=1", "postgresql://db/fleet?password=***&x=1"),
        ("postgresql://me@db/fleet", "postgresql://me@db/fleet"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
    ],
)
def test_a_database_url_is_shown_without_its_password(read: Read, url: str, shown: str) -> None:
    assert read(database=url).database_shown == shown


def test_the_password_of_the_database_is_kept_out_of_reprs_and_logs(read: Read) -> None:
    settings = read(database="postgresql://me:pass%2Fphrase@db/fleet")
    assert "pass%2Fphrase" not in repr(settings)
    assert redact("could not log in with pass/phrase") == "could not log in with [redacted]"


def test_settings_cannot_be_changed(read: Read) -> None:
    settings = read(cluster())
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.read_only = True
    with pytest.raises(TypeError):
        settings.clusters["lab"] = settings.clusters["prod"]  # type: ignore[index]


def test_the_template_is_a_configuration_that_changes_no_default(read: Read) -> None:
    settings, untouched = read(TEMPLATE), read()
    assert list(settings.clusters) == ["prod"]
    assert dataclasses.replace(settings, clusters={}, origins={}) == dataclasses.replace(untouched, origins={})


def test_what_the_template_comments_out_is_the_default(read: Read) -> None:
    examples = ("# database", "# urls", "# dsn", "# listen", "# file")
    uncommented = "\n".join(
        re.sub(r"^# (?=\w+ = )", "", line) if not line.startswith(examples) else line for line in TEMPLATE.splitlines()
    )
    settings, untouched = read(uncommented), read()
    assert dataclasses.replace(settings, clusters={}, origins={}) == dataclasses.replace(untouched, origins={})
    assert {key for key, origin in settings.origins.items() if origin == "default"} == {
        "database",
        "sentry.dsn",
        "metrics.listen",
        "metrics.file",
        "clusters.prod.insecure",
    }


def test_reading_a_configuration_loads_none_of_the_heavy_libraries() -> None:
    heavy = "{'textual', 'rich', 'proxmoxer', 'requests', 'peewee', 'platformdirs', 'sentry_sdk'}"
    code = f"import sys, proximity_tui.config.load; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
