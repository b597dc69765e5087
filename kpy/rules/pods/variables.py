"""Variables that refer to others: `$(NAME)` in the value of a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import CONTAINERS

_DEPENDENT = "https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/"
_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
#: Variables that a kubelet makes of the Services that are there.
_OF_SERVICES = re.compile(r".+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_\w+)?)")


@rule("variable-not-defined-yet", on=CONTAINERS, source=_DEPENDENT, severity="warning", needs="env")
def variable_not_defined_yet(container: Tree, at: Path, check: Check) -> None:
    """A variable refers to one that is defined further down: the container gets the text `$(NAME)` as it is.

    Variables are defined in the order of the list, after all those of `envFrom`. `$$(NAME)` is meant as text.
    """
    defined = {variable.get("name") for variable in container["env"]}
    for index, name in _unknown(container):
        if name in defined:
            check.report(
                at + "env" + index + "value",
                f"$({name}) is defined further down, so that it stays as text",
                fix=f"move {name} up; $$({name}) is for text",
            )


@rule("variable-undefined", on=CONTAINERS, source=_DEPENDENT, severity="note", needs="env")
def variable_undefined(container: Tree, at: Path, check: Check) -> None:
    """A variable refers to one that the container does not define: it gets the text `$(NAME)` as it is.

    Variables of the image are not known to Kubernetes. `$$(NAME)` is meant as text.
    """
    defined = {variable.get("name") for variable in container["env"]}
    for index, name in _unknown(container):
        if name not in defined and not _OF_SERVICES.fullmatch(name):
            check.report(
                at + "env" + index + "value",
                f"$({name}) is not defined in this container, so that it stays as text",
                fix=f"define {name} before; $$({name}) is for text",
            )


def _unknown(container: Tree) -> Iterator[tuple[int, str]]:
    """Yield the references to what is not defined before, with the index of the variable that has them."""
    if container.get("envFrom"):
        return
    defined: set[str] = set()
    for index, variable in enumerate(container["env"]):
        names = (match[1] for match in _REFERENCE.finditer(variable.get("value", "")))
        for name in dict.fromkeys(names):
            if name and name not in defined:
                yield index, name
        defined.add(variable.get("name", ""))
