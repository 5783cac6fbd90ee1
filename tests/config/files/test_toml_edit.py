"""A configuration that the program changes is otherwise left as somebody wrote it, to the last comment."""

from __future__ import annotations

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files import toml_edit

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
    assert toml_edit.with_fingerprints(BY_HAND, "prod", [NEW]) == BY_HAND.replace(f"'{OLD}'", f'"{NEW}"')


def test_one_fingerprint_becomes_several_and_the_other_way_round() -> None:
    several = toml_edit.with_fingerprints(BY_HAND, "dev", [NEW, THIRD])
    assert several == BY_HAND.replace(f'"{OLD}"', f'["{NEW}", "{THIRD}"]')
    assert toml_edit.with_fingerprints(several, "dev", [OLD]) == BY_HAND


@pytest.mark.parametrize(
    "text",
    [
        "clusters.prod.url = 'u' # dotted\nclusters.prod.fingerprint = 'old' # pin\n\n[ports]\n",
        "clusters.prod = { fingerprint = 'old', url = 'u' } # in one line\n",
        "[clusters.dev]\nurl = 'v'\n\n[ports]\n# between\n\n[clusters.prod]\nfingerprint = 'old' # pin\n",
    ],
)
def test_a_fingerprint_is_found_however_the_file_is_written(text: str) -> None:
    assert toml_edit.with_fingerprints(text, "prod", [NEW]) == text.replace("'old'", f'"{NEW}"')


def test_each_pin_in_a_list_keeps_its_comment() -> None:
    text = f'[clusters.prod]\nfingerprint = [\n    "{OLD}", # pve1\n    # the other\n    "{NEW}", # pve2\n] # all\n'
    changed = toml_edit.with_fingerprints(text, "prod", [THIRD, OLD, NEW])
    assert changed == text.replace(f'    "{OLD}"', f'    "{THIRD}",\n    "{OLD}"')


@pytest.mark.parametrize(
    "text",
    [
        "[clusters.prod]\n# fingerprint = 'x'\n",
        f"[clusters]\nprod = '{OLD}'\n",
        f"[clusters.prod]\n[clusters.prod.more]\nfingerprint = '{OLD}'\n",
        f'[clusters.prod]\nnote = """\nfingerprint = "{OLD}"\n"""\n',
    ],
)
def test_what_cannot_be_found_for_certain_is_left_to_a_person(text: str) -> None:
    with pytest.raises(ConfigError, match="by hand") as caught:
        toml_edit.with_fingerprints(text, "prod", [NEW])
    assert NEW in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing yet", BY_HAND, BY_HAND.rstrip()])
def test_a_cluster_is_added_at_the_end_and_nothing_else_changes(text: str) -> None:
    values = {"url": "https://pve9:8006", "token_secret": {"file": "new.token"}, "fingerprint": [OLD, NEW]}
    changed = toml_edit.with_cluster(text, "new", values)
    assert changed.startswith(text)
    assert changed.endswith(
        f'[clusters.new]\nurl = "https://pve9:8006"\ntoken_secret = {{file = "new.token"}}\n'
        f'fingerprint = ["{OLD}", "{NEW}"]\n'
    )


def test_the_mark_of_an_editor_stays_at_the_beginning() -> None:
    text = '\ufeff[clusters.a]\nfingerprint = "1"\n'
    assert toml_edit.with_fingerprints(text, "a", ["2"]) == '\ufeff[clusters.a]\nfingerprint = "2"\n'
    assert toml_edit.with_cluster(text, "b", {"url": "u"}).startswith(text)


def test_a_cluster_that_is_there_is_never_overwritten() -> None:
    with pytest.raises(ConfigError, match="already there"):
        toml_edit.with_cluster(BY_HAND, "prod", {})


def test_a_file_whose_tables_are_closed_is_left_to_a_person() -> None:
    with pytest.raises(ConfigError, match="by hand"):
        toml_edit.with_cluster("clusters = {}\n", "prod", {"url": "https://pve1:8006"})
