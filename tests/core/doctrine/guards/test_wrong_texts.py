"""What is no name of a thing is said in one sentence, wherever it is typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.doctrine.guards.wrong_texts import (
    wrong_bridge,
    wrong_dns_servers,
    wrong_domain,
    wrong_pool,
    wrong_storage,
    wrong_tags,
)


@pytest.mark.parametrize(
    ("check", "good", "bad", "sentence"),
    [
        (wrong_bridge, "vmbr0", "vm br", "'vm br' is not the name of a bridge"),
        (wrong_storage, "local-lvm", "a/b", "'a/b' is not the name of a storage"),
        (wrong_pool, "shop", "a b", "'a b' is not the name of a pool"),
        (wrong_domain, "example.org", "a_b", "'a_b' is not a domain"),
    ],
)
def test_a_name_that_cannot_be_one_is_called_so(
    check: Callable[[str | None], str | None], good: str, bad: str, sentence: str
) -> None:
    assert (check(None), check(good), check(bad)) == (None, None, sentence)
    assert check("") is not None


def test_the_first_of_several_that_is_wrong_is_named() -> None:
    assert wrong_tags(()) is None
    assert wrong_tags(("web", "a b", "c d")) == "'a b' is not a tag: letters, digits and _ . + -, one word"
    assert wrong_dns_servers(("10.0.0.1", "fd00::1")) is None
    assert wrong_dns_servers(("10.0.0.1", "dns1", "dns2")) == "'dns1' is not the IP address of a DNS server"
