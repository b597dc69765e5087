"""Secrets where others can read them."""

from __future__ import annotations

import re
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
_GROUPS: Final = ("secrets",)
_SECRET_NAME: Final = re.compile(
    r"(?:^|[_.-])(?:password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)$", re.I
)
_REFERENCE: Final = re.compile(r"\$\([^)]*\)|/[^\s]*|https?://\S*")


def _is_secret(name: str, value: object) -> bool:
    """Return whether a value is one by its name, and neither empty nor the name of a place."""
    text = value if isinstance(value, str) else ""
    return bool(text and _SECRET_NAME.search(name)) and not _REFERENCE.fullmatch(text)


@policy("secret-in-env", on="core/v1 EnvVar", source=_SOURCE, groups=_GROUPS)
def secret_in_env(variable: Tree, at: Path, check: Check) -> None:
    """A variable that is a secret by its name has its value in plain text, where all who see pods can read it."""
    if _is_secret(variable.get("name") or "", variable.get("value")):
        message = f'variable "{variable.get("name")}" has its value in plain text'
        check.report(at + "value", message, fix="take it from a Secret: `valueFrom.secretKeyRef`")


@policy("secret-read-from-env", on="core/v1 EnvVarSource", source=_SOURCE, groups=_GROUPS)
def secret_read_from_env(source: Tree, at: Path, check: Check) -> None:
    """A Secret becomes a variable, which crash reports and child processes get to see; files are safer."""
    if source.get("secretKeyRef"):
        check.report(at + "secretKeyRef", "a Secret becomes a variable of the process", fix="mount it as a file")


@policy("secret-in-config-map", on="core/v1 ConfigMap", source=_SOURCE, groups=_GROUPS)
def secret_in_config_map(config: Tree, at: Path, check: Check) -> None:
    """A ConfigMap has a value that is a secret by the name of its key."""
    for key, value in (config.get("data") or {}).items():
        if _is_secret(key, value):
            check.report((at + "data").key(key), f'"{key}" is in a ConfigMap, in plain text', fix="use a Secret")
