"""A configuration that the program changes is otherwise left as somebody wrote it, to the last comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.config import edit
from proximity_tui.config.errors import ConfigError

OLD, NEW, THIRD = (":".join([pair] * 32) for pair in ("AA", "BB", "CC"))

BY_HAND = f"""\
# ours since 2019
read_only = false   # never again

[clusters.dev]
fingerprint = "{OLD}"   # the lab

[ clusters . prod ]  # keep calm
url = "https://pve1:8006"
  fingerprint='{OLD}'# from anna
token_id = "a@pve!b"

[ports]
public = "8100-8999"
"""


def test_only_the_fingerprint_of_that_cluster_is_replaced() -> None:
    assert edit.with_fingerprints(BY_HAND, "prod", [NEW]) == BY_HAND.replace(f"'{OLD}'", f'"{NEW}"')


def test_one_fingerprint_becomes_several_and_the_other_way_round() -> None:
    several = edit.with_fingerprints(BY_HAND, "dev", [NEW, THIRD])
    assert several == BY_HAND.replace(f'"{OLD}"', f'["{NEW}", "{THIRD}"]')
    assert edit.with_fingerprints(several, "dev", [OLD]) == BY_HAND


@pytest.mark.parametrize(
    "text",
    [
        "[clusters.prod]\n# fingerprint = 'x'\n",
        f"clusters.prod.fingerprint = '{OLD}'\n",
        f"[clusters.prod]\n[clusters.prod.more]\nfingerprint = '{OLD}'\n",
        f'[clusters.prod]\nnote = """\nfingerprint = "{OLD}"\n"""\n',
    ],
)
def test_what_cannot_be_found_for_certain_is_left_to_a_person(text: str) -> None:
    with pytest.raises(ConfigError, match="by hand") as caught:
        edit.with_fingerprints(text, "prod", [NEW])
    assert NEW in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing yet", BY_HAND, BY_HAND.rstrip()])
def test_a_cluster_is_added_at_the_end_and_nothing_else_changes(text: str) -> None:
    values = {"url": "https://pve9:8006", "token_secret": {"file": "new.token"}, "fingerprint": [OLD, NEW]}
    changed = edit.with_cluster(text, "new", values)
    assert changed.startswith(text)
    assert changed.endswith(
        f'[clusters.new]\nurl = "https://pve9:8006"\ntoken_secret = {{ file = "new.token" }}\n'
        f'fingerprint = ["{OLD}", "{NEW}"]\n'
    )


def test_the_mark_of_an_editor_stays_at_the_beginning() -> None:
    text = '\ufeff[clusters.a]\nfingerprint = "1"\n'
    assert edit.with_fingerprints(text, "a", ["2"]) == '\ufeff[clusters.a]\nfingerprint = "2"\n'
    assert edit.with_cluster(text, "b", {"url": "u"}).startswith(text)


def test_a_cluster_that_is_there_is_never_overwritten() -> None:
    with pytest.raises(ConfigError, match="already there"):
        edit.with_cluster(BY_HAND, "prod", {})


def test_a_file_whose_tables_are_closed_is_left_to_a_person() -> None:
    with pytest.raises(ConfigError, match="by hand"):
        edit.with_cluster("clusters = {}\n", "prod", {"url": "https://pve1:8006"})


def test_a_new_text_takes_the_place_of_the_old_one_with_its_mode_or_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("old")
    path.chmod(0o640)
    with edit.draft(path, "given up", "old"):
        assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["c.toml"]
    with edit.draft(path, "new", "old") as draft:
        draft.commit()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert [one.name for one in tmp_path.iterdir()] == ["c.toml"]


def test_a_first_configuration_is_private(tmp_path: Path) -> None:
    path = tmp_path / "made" / "c.toml"
    with edit.draft(path, "new", "") as draft:
        draft.commit()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_to_the_configuration_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "c.toml"
    real.write_text("old")
    link.symlink_to(real)
    with edit.draft(link, "new", "old") as draft:
        draft.commit()
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("old")
    with edit.draft(path, "new", "old") as draft:
        path.write_text("theirs")
        with pytest.raises(ConfigError, match="changed by somebody else"):
            draft.commit()
    assert path.read_text() == "theirs"
