"""Secrets where others can read them. No message has a value: a name says enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.policies.secret_values import is_plain, is_secret_name, secret_form, secret_setting

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
_GROUPS: Final = ("secrets",)
#: An option with its value, in an argument of its own or in a line of a shell.
_OPTION: Final = re.compile(r"(?<!\S)--?([A-Za-z][\w.-]{0,60})=(\S{1,500})")
_BARE_OPTION: Final = re.compile(r"--?[A-Za-z][\w.-]{0,60}")


@policy("secret-in-env", on="core/v1 EnvVar", source=_SOURCE, groups=_GROUPS)
def secret_in_env(variable: Tree, at: Path, check: Check) -> None:
    """The value of a variable is a secret in plain text, by the name of the variable or by the form of the value.

    Placeholders, paths, references and names of Secrets are not reported.

    Why: Everybody who can see the pod or its repository can read the value, and it cannot be changed without a rollout.
    """
    name, value = variable.get("name") or "", variable.get("value") or ""
    form = secret_form(value)
    if form or (is_secret_name(name) and is_plain(name, value)):
        what = f"is {form} in plain text" if form else "has its secret value in plain text"
        check.report(at + "value", f'variable "{name}" {what}', fix="take it from a Secret: `valueFrom.secretKeyRef`")


@policy("secret-in-arguments", on="core/v1 Container", source=_SOURCE, groups=_GROUPS)
def secret_in_arguments(container: Tree, at: Path, check: Check) -> None:
    """An argument of a container is a secret in plain text, by the name of the option or by its form.

    Why: Everybody who can see the pod, or list the processes of the node, can read it.
    """
    for field in ("command", "args"):
        for index, what in _secret_arguments(container.get(field) or ()):
            fix = "take it from a Secret as a variable, and write `$(VARIABLE)`, or from a file"
            check.report(at + field + index, f"{what} is in plain text", fix=fix)


def _secret_arguments(arguments: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the numbers of the arguments that have a secret, with what that is."""
    for index, argument in enumerate(arguments):
        form = secret_form(argument)
        if form:
            yield index, form
            continue
        name = next((option for option, value in _OPTION.findall(argument) if _is_secret_option(option, value)), "")
        if name:
            yield index, f'the value of the option "{name}"'
        elif index and _BARE_OPTION.fullmatch(arguments[index - 1]) and not argument.startswith("-"):
            option = arguments[index - 1].lstrip("-")
            if _is_secret_option(option, argument):
                yield index, f'the value of the option "{option}"'


def _is_secret_option(name: str, value: str) -> bool:
    """Return whether an option has a secret; one that is called `secret` mostly names an object."""
    return (
        is_secret_name(name)
        and not name.lower().endswith(("secret", "credential", "credentials"))
        and (is_plain(name, value))
    )


@policy("secret-read-from-env", on="core/v1 EnvVarSource", source=_SOURCE, groups=_GROUPS)
def secret_read_from_env(source: Tree, at: Path, check: Check) -> None:
    """A Secret is read into a variable, where a file would do.

    Why: Variables are passed on to child processes and end up in crash reports and logs; a file does not, and follows
    the Secret when that changes.
    """
    if source.get("secretKeyRef"):
        message = "a Secret is read into an environment variable"
        topic = "variables", at.parent.parent.parent.steps, source["secretKeyRef"].get("name")
        check.report(at + "secretKeyRef", message, fix="mount it as a file", topic=topic)


@policy("secret-in-config-map", on="core/v1 ConfigMap", source=_SOURCE, groups=_GROUPS)
def secret_in_config_map(config: Tree, at: Path, check: Check) -> None:
    """A ConfigMap has a secret in plain text, by the name of the key or by the form of the value.

    Private keys, tokens and keys of well-known services, and URLs with a password are known by their form. In files of
    settings, such as `app.properties`, the names of the settings count.

    Why: More people and programs may read ConfigMaps than Secrets, they are not encrypted at rest, and tools show them.
    """
    for key, value in (config.get("data") or {}).items():
        form = secret_form(value)
        is_text = "\n" in value.strip()
        if not form and (name := secret_setting(key, value)):
            form = f'the value of "{name}"'
        if form or (is_secret_name(key) and is_plain(key, value) and not is_text):
            message = f'"{key}" has {form} in plain text' if form else f'"{key}" is a secret in plain text'
            check.report((at + "data").key(key), message, fix="use a Secret")
