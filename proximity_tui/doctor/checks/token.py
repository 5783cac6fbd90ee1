"""The check that Proxmox accepts the API token, and that its privileges are enough."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from proximity_tui.doctor.checks import privileges
from proximity_tui.doctor.facts import ClusterFacts
from proximity_tui.doctor.finding import Finding, ok, unanswered

AREA = "token"


def judge(facts: ClusterFacts, *, read_only: bool) -> Iterator[Finding]:
    """Yield the findings; nothing where no server could be contacted."""
    token_id = facts.cluster.token_id
    if facts.refused_token is not None:
        user, _, name = map(shlex.quote, token_id.rpartition("!"))
        yield unanswered(
            AREA,
            facts.name,
            facts.refused_token.sentence,
            f"does it exist, and when does it expire: pveum user token list {user}",
            f"recreate it, and store its secret in {facts.cluster.token_secret.origin}: "
            f"pveum user token remove {user} {name}; pveum user token add {user} {name}",
        )
    elif facts.used is not None:
        yield ok(AREA, facts.name, f"{token_id} is accepted")
    if facts.permissions is not None:
        yield from privileges.judge(facts.name, token_id, facts.permissions, _major(facts), read_only=read_only)
    elif "permissions" in facts.trouble:
        yield unanswered(privileges.AREA, facts.name, facts.trouble["permissions"])


def _major(facts: ClusterFacts) -> int | None:
    release = facts.used.version.release if facts.used and facts.used.version else ""
    number = release.partition(".")[0]
    return int(number) if number.isdecimal() else None
