"""`templates download NODE STORAGE TEMPLATE`: planned, asked, carried out, and proved by the list of the storage."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of, the_cluster
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.interruption import CommandInterrupted, watched
from proximity_tui.commands.printed import output
from proximity_tui.core.doctrine.actions.create.creation import download_line
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.template_plan import TemplateDownload, TemplatePlan, TemplateRequest
from proximity_tui.core.model.names import file_of

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

ACTION = "template-download"


def run(args: Namespace) -> int:
    """Download a template; return the exit code: 75 where its task may still run. Raises CommandRefused for a refusal,
    and CommandEnd for whatever else ends it.
    """
    if len(args.words) != 3:
        raise CommandEnd(Exit.USAGE, "name the node, the storage and the template: `templates` lists them")
    node, storage, template = args.words
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        cluster = the_cluster(context, args.cluster)
        confirm.refuse_unasked(args)
        request = TemplateRequest(cluster, node, storage, file_of(template))
        plan = context.engine.plan_download(request)
        if isinstance(plan, Refusal):
            raise CommandRefused(plan)
        if args.plan and args.json:
            output.document({"plan": _plan_document(plan)})
        elif args.plan or not args.yes:
            _show(args, plan, output.print_line if args.plan else output.note)
        if args.plan:
            return Exit.DONE
        confirm.ask(args, "Download it?")
        end = _end_of(context, plan)
    if isinstance(end, Refusal):
        raise CommandRefused(end)
    told = {**_plan_fields(plan), "task": end.task, "error": end.error}
    if end.code is not None:
        raise CommandRefused(Refusal(end.code, f"{request.volid}: {end.error}"), told)
    if args.json:
        output.document({"success": end.error is None, **told})
    elif end.error is None:
        output.print_line(f"downloaded {request.volid} on {node}")
    else:
        output.note(f"{request.volid}: {end.error}")
    return _exit_code(end)


def _end_of(context: AppContext, plan: TemplatePlan) -> TemplateDownload | Refusal:
    """Execute a confirmed download. Raises CommandEnd for Ctrl-C and SIGTERM: what Proxmox was asked for goes on."""

    def download() -> TemplateDownload | Refusal:
        try:
            return context.engine.download(plan)
        finally:
            context.close_connections()

    try:
        return watched(download)
    except CommandInterrupted:
        wanted = plan.request
        message = (
            f"interrupted; the download of {wanted.volid} on {wanted.node} may have been asked for, and its task goes"
            " on without us: ask for it again to follow it"
        )
        raise CommandEnd(Exit.RESUMABLE, message, _plan_fields(plan)) from None


def _exit_code(end: TemplateDownload) -> Exit:
    if end.error is None:
        return Exit.DONE
    return Exit.RESUMABLE if end.unknown else Exit.FAILED


def _show(args: Namespace, plan: TemplatePlan, line: Callable[[str], None]) -> None:
    if args.as_pct:
        line(f"# as root on {plan.request.node}")
        line(download_line(plan.request.storage, plan.request.template))
        return
    line(plan.summary)
    for number, step in enumerate(plan.steps, start=1):
        line(f"  {number}. {step}")
    for warning in plan.warnings:
        line(f"  note: {warning}")


def _plan_document(plan: TemplatePlan) -> dict[str, Any]:
    pct = download_line(plan.request.storage, plan.request.template)
    return {**_plan_fields(plan), "summary": plan.summary, "steps": plan.steps, "warnings": plan.warnings, "pct": [pct]}


def _plan_fields(plan: TemplatePlan) -> dict[str, Any]:
    wanted = plan.request
    return {
        "action": ACTION,
        "cluster": wanted.cluster,
        "node": wanted.node,
        "storage": wanted.storage,
        "template": wanted.template,
        "volid": wanted.volid,
    }
