"""A cluster whose token or CA file cannot be used is told with its key and the reason, before anybody is asked."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import CertificateAuthority, ClusterConfig, Unverified
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.runtime.cluster_access import cluster_settings, unusable_settings

SECRET = SecretSource("clusters.prod.token_secret", SecretKind.ENV, "PROD_TOKEN")
PROD = ClusterConfig("prod", ("https://pve1:8006",), "anna@pve!tui", SECRET, Unverified())


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROD_TOKEN", "5f0c-secret")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("no.pem", None, "which is not a file"),
        ("empty.pem", "", "which holds no certificate"),
        ("x" * 300, None, "which cannot be read: file name too long"),
    ],
)
def test_a_ca_file_that_cannot_be_used_is_told(tmp_path: Path, name: str, content: str | None, why: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    prod = replace(PROD, trust=CertificateAuthority(tmp_path / name))
    with pytest.raises(ConfigError, match=rf"clusters\.prod\.ca_file names .*{name}, {why}"):
        cluster_settings(prod)
    assert unusable_settings(prod, why).trust.ca_file == tmp_path / name


def test_a_ca_file_that_this_user_may_not_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ConfigError, match=r"clusters\.prod\.ca_file names .*, which this user may not read"):
        cluster_settings(replace(PROD, trust=CertificateAuthority(tmp_path / "ca.pem")))


def test_a_token_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster_settings(PROD).token_secret.reveal() == "5f0c-secret"
    monkeypatch.delenv("PROD_TOKEN")
    with pytest.raises(ConfigError, match=r"clusters\.prod\.token_secret, environment variable PROD_TOKEN is not set"):
        cluster_settings(PROD)
    assert unusable_settings(PROD, "it is not set").unusable == "it is not set"
