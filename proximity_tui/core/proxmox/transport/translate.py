"""The translation of every failed call into one of our errors: HTTP status, transport, and unusable answers.

The rules are recorded 8.4 and 9.2 behaviour: there is no 404, a 500 can mean anything, and only its text tells. Nothing
here does I/O, and no exception of requests, urllib3 or proxmoxer gets past it.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping

import requests
from urllib3.exceptions import NameResolutionError

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.decode.rows import body_excerpt
from proximity_tui.core.proxmox.transport import origin
from proximity_tui.core.proxmox.transport.api_call import ApiCall
from proximity_tui.core.proxmox.transport.failures import links, never_connected, timed_out
from proximity_tui.core.proxmox.transport.trust import (
    ConnectedTooLateError,
    RedirectedError,
    TooLargeError,
    UnpinnedCertificateError,
)

LOOK_UP_TASK = "it may or may not have run: look up its task before trying again"
"""What to do after a write without an answer (law 5)."""

_REASON_LIMIT = 500

_OF_A_GATEWAY = (502, 503, 504)
"""The statuses of a gateway that got no answer itself. 595 and above are an answer of the server, about another one."""

_NOT_ON_NODE = re.compile(r"Configuration file 'nodes/([^/']+)/(?:lxc|qemu-server)/(\d+)\.conf' does not exist")
_NO_SUCH_NODE = re.compile(r"hostname lookup '([^']+)' failed|no such cluster node '([^']+)'")
_OTHER_DIGEST = re.compile(r"detected modified configuration")
_PRIVILEGE = re.compile(r"Permission check failed \(([^,]+), ([^)]+)\)")
_BACKEND_DOWN = re.compile(r"RPCEnvironment init request failed|ipcc_send_rec|Unable to load access control list")


def translate(error: Exception, call: ApiCall, answer: requests.Response | None) -> errors.ProxmoxError:
    """Return our error for what a call raised. `answer` is the complete response, if there was one."""
    if answer is not None and answer.status_code >= 400:
        # Read from the answer itself: proxmoxer stumbles over an error whose body is not an object.
        return _status_error(answer, call)
    if never_connected(error):
        return _connection_error(error, call)
    return _unknown(call, _why_no_answer(error, call), elsewhere=True, unanswered=answer is None, raw=_raw(answer))


def _why_no_answer(error: Exception, call: ApiCall) -> str:
    """Return what came instead of an answer, or that nothing came."""
    if timed_out(error):
        begun = not isinstance(error, requests.exceptions.ReadTimeout)
        return f"no {'complete ' if begun else ''}answer within {call.timeout:g} s"
    if isinstance(error, RedirectedError):
        return "the answer was a redirect, which Proxmox never sends; check the URL"
    if isinstance(error, TooLargeError):
        return "the answer was too large; check the URL"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the answer was cut short"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the connection was dropped before an answer came"
    if isinstance(error, OSError | requests.exceptions.RequestException):
        return f"the connection failed ({_harmless(error)})"
    return "malformed answer: it is not an answer of Proxmox"


def malformed(call: ApiCall, detail: str, answer: requests.Response | None = None) -> errors.Unknown:
    """Return the error for a 200 that cannot be used. `answer` is the response, if it is at hand."""
    told = "" if answer is None else "; proximity-tui doctor shows how it begins"
    return _unknown(call, f"malformed answer: {detail}{told}", raw=_raw(answer))


def not_json(call: ApiCall, answer: requests.Response | None) -> errors.Unknown:
    """Return the error for a 200 without JSON: cut off if Proxmox sent it, else a page of something in between."""
    if answer is None or not origin.is_page(answer):
        return malformed(call, "it is not JSON", answer)
    return _unknown(call, f"malformed answer: {origin.somebody_between(answer)}", elsewhere=True, raw=_raw(answer))


def between(call: ApiCall, answer: requests.Response) -> errors.Unknown:
    """Return the error for a refusal by something that is not Proxmox."""
    unanswered = answer.status_code in _OF_A_GATEWAY
    return _unknown(call, origin.somebody_between(answer), elsewhere=True, unanswered=unanswered, raw=_raw(answer))


def _status_error(answer: requests.Response, call: ApiCall) -> errors.ProxmoxError:
    status, body = answer.status_code, _body(answer)
    if not origin.is_proxmoxs(answer, body):
        return between(call, answer)
    reason = _reason(answer, body)
    if status == 401:
        return errors.Unauthenticated(
            f"Proxmox does not accept the token ({reason}); "
            "check the token id and secret, whether it has expired, and whether its user is enabled",
            about=f"{call.cluster}: ",
        )
    if status == 403:
        return _denied(reason, call)
    if status in (400, 501) or (status == 500 and not _BACKEND_DOWN.search(reason)):
        return _refusal(status, reason, _parameter_errors(body), call)
    if status == 500:
        # The token could not even be checked, so nothing ran.
        return _unknown(call, f"the node's cluster file system is down ({reason})", ran=False, elsewhere=True)
    if status == 595:
        # Of a node that is down each server says the same, after seconds. Where no node was named it is the daemon of
        # this very server that is down (recorded with the ticket, while the list of guests still came).
        of_server = not call.path.startswith("/nodes/")
        return _unknown(call, f"the node does not answer its peers ({reason})", ran=False, elsewhere=of_server)
    unanswered, unusable = status in _OF_A_GATEWAY, f"no usable answer: {status} {reason}"
    return _unknown(call, unusable, elsewhere=True, unanswered=unanswered, raw=_raw(answer))


def _refusal(status: int, reason: str, parameters: Mapping[str, str], call: ApiCall) -> errors.ProxmoxError:
    # Only here: a session that is never refused reads no table.
    from proximity_tui.core.doctrine.guards.proxmox_words import LOCKED, meaning_of

    if found := _NOT_ON_NODE.search(reason):
        where, number = found.groups()
        return errors.GuestNotFound(
            f"{call.cluster}: guest {number} is not on node {where}; it may live on another node or be gone",
            node=where,
            vmid=int(number),
        )
    if found := _NO_SUCH_NODE.search(reason):
        where = found.group(1) or found.group(2)
        return errors.GuestNotFound(f"{call.cluster}: the cluster knows no node {where}; check the name", node=where)
    if status == 500 and meaning_of(reason) is LOCKED:
        advice = LOCKED.advice
        return errors.Busy(reason, reason=reason, errors=parameters, about=f"{call.subject}: ", advice=advice)
    details = "; ".join(f"{name}: {text}" for name, text in parameters.items())
    kind = errors.ConfigChanged if _OTHER_DIGEST.match(reason) else errors.RefusedByProxmox
    return kind(
        f"refused: {reason}" + (f" ({details})" if details else ""),
        reason=reason,
        errors=parameters,
        about=f"{call.subject}: ",
    )


def _denied(reason: str, call: ApiCall) -> errors.Denied:
    from proximity_tui.core.model import required_privileges  # only here: a session that is never denied reads no table

    needed = required_privileges.of_request(call.method, call.path)
    advice = f"; {required_privileges.WHERE_TOLD}" if call.writes or any(one.changes for one in needed) else ""
    if found := _PRIVILEGE.search(reason):
        path, privilege = found.groups()
        lacks = f"the token lacks {privilege.replace('|', ' or ')} on {path}{advice}"
        return errors.Denied(lacks, about=f"{call.subject}: ", privilege=privilege, path=path)
    happened = f"the token may not do this: {reason}"
    if required_privileges.ONLY_ROOT in reason:
        happened = f"{happened}, whatever it is granted"
    elif needed and advice:
        happened = f"{happened}; it needs {required_privileges.in_words(needed)}{advice}"
    return errors.Denied(happened, about=f"{call.subject}: ")


def _connection_error(error: Exception, call: ApiCall) -> errors.Unreachable:
    chain = tuple(links(error))
    about = f"{call.cluster}: "
    for link in chain:
        if isinstance(link, ConnectedTooLateError):
            return errors.Unreachable("connecting took too long, so it was not sent", about=f"{call.subject}: ")
        if isinstance(link, UnpinnedCertificateError):
            return errors.CertificateMismatch(call.cluster, call.url, expected=call.expected, seen=link.seen)
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return errors.Unreachable(
                f"{call.url}: its certificate is not verified by the CA file ({plain(link.verify_message)}); "
                "check ca_file and the host name in the URL",
                about=about,
            )
        if isinstance(link, ssl.SSLError):
            reason = plain(link.reason or str(link), limit=80)
            return errors.Unreachable(f"{call.url}: TLS failed ({reason})", about=about)
        if isinstance(link, NameResolutionError):
            unresolved = f"{call.url}: the host name cannot be resolved; check the URL and the DNS"
            return errors.Unreachable(unresolved, about=about)
        if isinstance(link, OSError) and link.strerror and not isinstance(link, requests.RequestException):
            return _no_answer(call, f"({link.strerror.lower()}); check that pveproxy runs")
    return _no_answer(call, f"within {call.connect_timeout:g} s; check the network")


def _no_answer(call: ApiCall, how: str) -> errors.Unreachable:
    return errors.Unreachable(f"does not answer {how}", about=f"{call.cluster}: {call.url} ")


def _unknown(
    call: ApiCall, what: str, *, ran: bool = True, elsewhere: bool = False, unanswered: bool = False, raw: str = ""
) -> errors.Unknown:
    may_have_run = call.writes and ran
    advice = LOOK_UP_TASK if may_have_run else "it did not run" if call.writes else ""
    return errors.Unknown(
        what,
        about=f"{call.subject}: ",
        advice=advice,
        may_have_run=may_have_run,
        elsewhere=elsewhere,
        unanswered=unanswered,
        raw=raw,
    )


def _raw(answer: requests.Response | None) -> str:
    return "" if answer is None else body_excerpt(answer.content)


def _body(answer: requests.Response) -> Mapping[str, object]:
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _reason(answer: requests.Response, body: Mapping[str, object]) -> str:
    """Return Proxmox's message: the message of the body (8.4 and later), else the reason phrase; one plain line."""
    message = body.get("message")
    text = message if isinstance(message, str) and message.strip() else _unmojibake(answer.reason or "")
    return plain(redact(text.strip()), limit=_REASON_LIMIT) or "no reason given"


def _parameter_errors(body: Mapping[str, object]) -> dict[str, str]:
    parameters = body.get("errors")
    if not isinstance(parameters, dict):
        return {}
    return {
        plain(str(name), limit=100): plain(redact(text.strip()), limit=_REASON_LIMIT)
        for name, text in parameters.items()
        if isinstance(text, str)
    }


def _unmojibake(text: str) -> str:
    """Return a reason phrase as UTF-8: HTTP reads it as latin-1, but Proxmox writes UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _harmless(error: Exception) -> str:
    return plain(redact(type(error).__name__), limit=80)
