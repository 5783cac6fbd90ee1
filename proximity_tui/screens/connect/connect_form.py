"""The reading of the connect form: the cluster, or the problem of each field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from proximity_tui.config import url_values, values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.text.form import Field, read_fields

FIELDS = (
    Field("name", "name", hint="your name for it"),
    Field("url", "URL", hint="several nodes: spaces between"),
    Field("token_id", "API token", hint="user@realm!name"),
    Field("secret", "token secret", secret=True, hint="hidden"),
    Field("ca_file", "CA file", optional=True, hint="empty: compare the certificate"),
)
"""In the order of the form."""


@value_object
class TypedForm:
    """A typed cluster, each value checked by the grammar of the configuration."""

    name: str
    urls: tuple[str, ...]
    token_id: str
    secret: str = field(repr=False)
    ca_file: str | None = None
    """The file of the CA that signed its certificates, in place of a comparison."""


def read_form(typed: Mapping[str, str]) -> TypedForm | dict[str, str]:
    """Return the cluster, or the problem of each field that has one."""
    values, problems = read_fields(FIELDS, typed, lambda one, text: _READ[one.id](text))
    if problems:
        return problems
    return TypedForm(values["name"], values["url"], values["token_id"], values["secret"], values.get("ca_file"))


def _secret(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise Invalid("contains spaces or unusual characters")
    return text


_READ: Mapping[str, Callable[[str], object]] = {
    "name": values.cluster_name,
    "url": lambda text: url_values.cluster_urls(text.split()),
    "token_id": values.token_id,
    "secret": _secret,
    "ca_file": values.text,
}
