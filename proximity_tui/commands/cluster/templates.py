"""`templates [--node N]`: the container templates on the storages of every cluster, and those that can be downloaded;
`templates download NODE STORAGE TEMPLATE` downloads one.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.listed_names import keep_templates
from proximity_tui.commands.base.options import refuse_unused
from proximity_tui.commands.base.parser import name_of
from proximity_tui.commands.base.refresh import PATIENCE, at_once, too_late
from proximity_tui.commands.cluster import template_download
from proximity_tui.commands.cluster.answers import ending, refuse_no_cluster
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import describe, human_bytes
from proximity_tui.core.doctrine.actions.create.creation import download_line
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.insight.template_list import TemplateList, TemplateRow, read_templates

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.client import PveClient

_HEADERS = ("TEMPLATE", "CLUSTER", "NODE", "SIZE", "STATUS", "DOWNLOAD")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `templates`."""
    parser.add_argument("verb", nargs="?", choices=("download",), help="download a template (default: list them)")
    parser.add_argument(
        "words", nargs="*", type=name_of, metavar="NODE STORAGE TEMPLATE", help="with download: which, and where to"
    )
    parser.add_argument(
        "--node", type=name_of, metavar="NAME", help="only this node (default: every one that is online)"
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Print one row per template of each cluster that answers. Returns 4 when one does not, 5 for an unknown node.
    Raises CommandRefused for a refusal, and CommandEnd for whatever else ends it.
    """
    if args.verb is not None:
        refuse_unused(args, {"node": "--node"}, (), "templates download")
        return template_download.run(args)
    if args.plan or args.yes:
        raise CommandEnd(Exit.USAGE, "--plan and --yes go with `templates download`: a list changes nothing")
    with context_of(args) as context:
        refuse_no_cluster(context, args.cluster)
        clients = {name: client for name, client in context.clients.items() if args.cluster in (None, name)}
        answers = at_once(context, {name: partial(_ask, one, args.node) for name, one in clients.items()}, PATIENCE)
        if args.node is None:
            keep_templates(context, _volumes(answers))
    silent = [one for one in answers.values() if isinstance(one, str)]
    silent += [too_late(name) for name in clients.keys() - answers.keys()]
    found = [one for one in answers.values() if isinstance(one, TemplateList)]
    if args.node is not None and not silent:
        _require_online(args.node, found)
    _print(found, as_json=args.json)
    return ending(silent)


def _require_online(node: str, found: Iterable[TemplateList]) -> None:
    """Raise CommandEnd where no cluster has this node online."""
    nodes = sorted({one for templates in found for one in templates.nodes})
    if node not in nodes:
        raise CommandEnd(Exit.NOT_FOUND, f"no node {node} is online; there are: {describe(nodes)}")


def _print(found: Sequence[TemplateList], *, as_json: bool) -> None:
    """Print the templates, and what of them could not be read."""
    rows = [row for one in found for row in one.rows]
    if as_json:
        output.document([_document(row) for row in rows])
    elif rows:
        output.table(_HEADERS, [_cells(row) for row in rows])
    for gap in (gap for one in found for gap in one.gaps):
        output.note(gap)


def _volumes(answers: Mapping[str, TemplateList | str]) -> dict[str, list[str]]:
    """Return the volumes on the storages of each cluster of which everything could be read."""
    whole = {name: one for name, one in answers.items() if isinstance(one, TemplateList) and not one.gaps}
    return {name: [row.volid for row in one.rows if row.volid is not None] for name, one in whole.items()}


def _ask(client: PveClient, only: str | None) -> TemplateList | str:
    """Return what a cluster has, or why it does not answer."""
    try:
        return read_templates(client, only)
    except ProxmoxError as error:
        return error.sentence


def _download(row: TemplateRow) -> str | None:
    return None if row.volid is not None else download_line(row.goes_to or "STORAGE", row.template)


def _document(row: TemplateRow) -> dict[str, Any]:
    return {
        "cluster": row.cluster,
        "node": row.node,
        "template": row.template,
        "volid": row.volid,
        "size": row.size,
        "status": "available" if row.volid is not None else "downloadable",
        "download": _download(row),
        "headline": row.headline,
    }


def _cells(row: TemplateRow) -> list[str | None]:
    size = None if row.size is None else human_bytes(row.size)
    status = "on the storage" if row.volid is not None else "can be downloaded"
    return [row.volid or row.template, row.cluster, row.node, size, status, _download(row)]
