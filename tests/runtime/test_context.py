"""A context that takes one cluster more in: what was there goes on, and everybody who asks the engine knows both."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.config import load as config
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.proxmox.errors import Unusable
from proximity_tui.runtime.context import AppContext, build_context, with_cluster

PIN = ":".join(["AB"] * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A configuration with one cluster, `lab`."""
    token = tmp_path / "token"
    token.write_text("5f0c-secret")
    token.chmod(0o600)
    path = tmp_path / "config.toml"
    path.write_text(f'database = "sqlite:///{tmp_path}/ours.db"\n')
    write_down(path, "lab", "anna@pve!tui")
    return path


@pytest.fixture
def context(path: Path) -> AppContext:
    return build_context(config.load(path, environ={}))


def write_down(path: Path, name: str, token_id: str, more: str = "") -> None:
    with path.open("a") as file:
        file.write(
            f'\n[clusters.{name}]\nurl = "https://{name}"\ntoken_id = "{token_id}"\n'
            f'token_secret = {{ file = "token" }}\nfingerprint = "{PIN}"\n{more}'
        )


def test_one_cluster_more_leaves_the_others_and_the_engine_as_they_are(path: Path, context: AppContext) -> None:
    write_down(path, "prod", "anna@pve!tui")
    wider = with_cluster(context, "prod")
    assert list(wider.clients) == list(wider.pollers) == list(wider.settings.clusters) == ["lab", "prod"]
    assert wider.clients["lab"] is context.clients["lab"]
    assert wider.pollers["lab"] is context.pollers["lab"]
    assert wider.engine is context.engine
    assert wider.engine.clients == wider.clients
    assert list(context.clients) == ["lab"], "whoever goes through the old ones is not disturbed"


def test_who_acts_names_a_token_only_while_all_clusters_have_the_same(path: Path, context: AppContext) -> None:
    assert context.engine.settings.actor.token == "anna@pve!tui"
    write_down(path, "prod", "otto@pve!tui")
    assert with_cluster(context, "prod").engine.settings.actor.token is None


def test_a_production_cluster_has_to_be_armed_from_its_first_moment_on(path: Path, context: AppContext) -> None:
    write_down(path, "prod", "anna@pve!tui", "production = true\n")
    assert with_cluster(context, "prod").engine.settings.production == {"prod"}


@pytest.mark.parametrize("name", ["prod", "lab"])
def test_what_is_not_in_the_file_or_is_known_already_is_refused(context: AppContext, name: str) -> None:
    with pytest.raises(ConfigError, match="start again"):
        with_cluster(context, name)
    assert list(context.engine.clients) == ["lab"]


def test_a_cluster_whose_ca_file_cannot_be_used_is_one_that_does_not_answer(path: Path) -> None:
    """Each other one is asked. Where not one can be used the configuration is wrong."""
    with path.open("a") as file:
        file.write(
            '\n[clusters.prod]\nurl = "https://prod"\ntoken_id = "anna@pve!tui"\n'
            'token_secret = { file = "token" }\nca_file = "no.pem"\n'
        )
    context = build_context(config.load(path, environ={}))
    assert list(context.clients) == list(context.pollers) == ["lab", "prod"]
    assert context.clients["lab"].settings.unusable is None
    said = r"prod cannot be asked: clusters\.prod\.ca_file names .*no\.pem, which is not a file"
    with pytest.raises(Unusable, match=said):
        context.clients["prod"].version()
    path.with_name("token").unlink()
    with pytest.raises(ConfigError, match=r"clusters\.lab\.token_secret"):
        build_context(config.load(path, environ={}))
    partly = build_context(config.load(path, environ={}), partly=True)
    assert all(one.settings.unusable for one in partly.clients.values())
