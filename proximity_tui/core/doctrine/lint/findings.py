"""The one list of what will hurt: every rule applied to everything that is known. What is not known is never fine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.base.text import first_of
from proximity_tui.core.doctrine.lint.facts import LintFacts, LintSubject, UnreadFact
from proximity_tui.core.doctrine.lint.rules import OF_CONTAINERS, RULES, age_words
from proximity_tui.core.model import Container
from proximity_tui.core.model.limits import LintLimits
from proximity_tui.core.model.lint_report import LintFinding, LintReport, LintRule, NotChecked, Waiver

Result = LintFinding | NotChecked


def lint(facts: LintFacts, limits: LintLimits, waivers: Iterable[Waiver], now: datetime) -> LintReport:
    """Return everything that was found, with its waiver, and what could not be checked. Rules that are switched off are
    not applied.
    """
    results = [one for one in _results(facts, limits, now) if one.rule not in limits.disabled]
    found = tuple(one for one in results if isinstance(one, LintFinding))
    unchecked = tuple(one for one in results if isinstance(one, NotChecked))
    return with_waivers(LintReport(now, found, unchecked), waivers)


def with_waivers(report: LintReport, waivers: Iterable[Waiver]) -> LintReport:
    """Return a report whose findings have these waivers and no others. It is as old as it was."""
    waived = {(one.rule, one.subject): one for one in waivers}
    findings = (replace(one, waiver=waived.get((one.rule, one.subject))) for one in report.findings)
    return replace(report, findings=tuple(sorted(findings, key=_urgency)))


def subject_of(container: Container) -> str:
    """Return the identity of a container among the subjects of findings and waivers."""
    return f"c{container.id}"


def _urgency(one: LintFinding) -> tuple[bool, int, str, str, str]:
    """Return the key of the order of findings: what waits for a person first, and of that what hurts most."""
    return one.waiver is not None, RULES[one.rule].weight, one.rule, one.cluster or "", one.name


def _results(facts: LintFacts, limits: LintLimits, now: datetime) -> Iterator[Result]:
    for one in facts.subjects:
        yield from _of_container(one, limits, now)
    yield from _same_addresses(facts.subjects)
    yield from _old_alerts(facts, limits, now)
    yield from _unused_templates(facts)


def _of_container(one: LintSubject, limits: LintLimits, now: datetime) -> Iterator[Result]:
    for rule, judge in OF_CONTAINERS.items():
        answer = judge(one, limits, now)
        if isinstance(answer, UnreadFact):
            yield NotChecked(rule, one.container.cluster, one.container.name, answer.why)
        elif answer is not None:
            yield _about(rule, one.container, answer)


def _about(rule: LintRule, container: Container, reason: str) -> LintFinding:
    return LintFinding(
        rule,
        subject_of(container),
        container.cluster,
        container.vmid,
        container.name,
        container.id,
        reason,
        RULES[rule].remedy,
        RULES[rule].command.format(name=_argument(container)),
    )


def _argument(container: Container) -> str:
    """Return what a command takes for a container: `prod/101`, or its name where it has no VMID."""
    return container.name if container.vmid is None else f"{container.cluster}/{container.vmid}"


def _same_addresses(subjects: Iterable[LintSubject]) -> Iterator[LintFinding]:
    """Yield each container whose address another one of its cluster has, too. Other clusters may be other networks."""
    by_address: dict[tuple[str, str], list[Container]] = defaultdict(list)
    for one in subjects:
        for address in one.addresses:
            by_address[(one.container.cluster, address)].append(one.container)
    for (_, address), owners in by_address.items():
        for owner in owners:
            others = [other.label for other in owners if other.id != owner.id]
            if others:
                yield _about(
                    LintRule.SAME_ADDRESS, owner, f"its address {address} is also that of {first_of(others, 3)}"
                )


def _old_alerts(facts: LintFacts, limits: LintLimits, now: datetime) -> Iterator[LintFinding]:
    words = RULES[LintRule.OLD_ALERT]
    for alert in facts.alerts:
        age = now - alert.opened_at
        if not alert.is_open or age <= limits.alert:
            continue
        yield LintFinding(
            LintRule.OLD_ALERT,
            f"alert:{alert.id}",
            alert.cluster,
            alert.vmid,
            alert.name or alert.kind,
            alert.container,
            f"alert {alert.id} has been open for {age_words(age)}: {alert.message}",
            words.remedy,
            words.command.format(name=alert.id),
            alert=alert.id,
        )


def _unused_templates(facts: LintFacts) -> Iterator[Result]:
    words = RULES[LintRule.TEMPLATE_UNUSED]
    for cluster, found in facts.templates.items():
        if isinstance(found, UnreadFact):
            yield NotChecked(LintRule.TEMPLATE_UNUSED, cluster, None, found.why)
            continue
        for one in found:
            yield LintFinding(
                LintRule.TEMPLATE_UNUSED,
                f"template:{one.cluster}/{one.volid}",
                one.cluster,
                None,
                one.volid.partition("/")[2] or one.volid,
                None,
                f"no container that we manage was created from {one.volid}",
                words.remedy,
                words.command,
            )
