"""The files of a chart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.delivery.helm_chart.expressions import Constant, Expression, Values
from kpy.delivery.helm_chart.schema import to_schema
from kpy.delivery.helm_chart.templates import to_template
from kpy.delivery.helm_chart.values_file import to_values_file
from kpy.errors import UsageError
from kpy.output.emit import to_yaml
from kpy.output.layouts import Layout, lay_out
from kpy.schema import Api

if TYPE_CHECKING:
    from kpy.delivery.helm_chart.learning import Learned
    from kpy.delivery.helm_chart.parameters import Parameter

__all__ = ["About", "Member", "check_name", "check_version", "to_files"]

#: What Helm takes for the name of a chart.
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_VERSION: Final = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
_LONGEST_NAME: Final = 250
#: What kpy keeps beside the files is no part of what Helm packs.
_IGNORED: Final = b".kpy-*\n.git/\n*.orig\n*~\n"
_DEFINITION: Final = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")


class About(NamedTuple):
    """What Chart.yaml says."""

    name: str
    version: str
    app_version: str = ""
    description: str = ""
    #: The Kubernetes minor release that the app is for; empty where nobody says one.
    kubernetes: str = ""


class Member:
    """An object of the chart, as a layout takes it."""

    def __init__(self, tree: dict[str, Any], chart: Any, where: Any, expression: Expression) -> None:
        self.tree, self.chart, self.where = tree, chart, where
        self.expression = expression

    @property
    def api_version(self) -> str:
        """The API group and version."""
        return str(self.tree.get("apiVersion", ""))

    @property
    def kind(self) -> str:
        """The kind."""
        return str(self.tree.get("kind", ""))

    @property
    def name(self) -> str:
        """The name that it has by default."""
        return str((self.tree.get("metadata") or {}).get("name") or "")

    @property
    def namespace(self) -> str | None:
        """The namespace that it has by default."""
        namespace = (self.tree.get("metadata") or {}).get("namespace")
        return None if namespace is None else str(namespace)


class _Chart(NamedTuple):
    name: str


def to_files(
    about: About,
    parameters: Sequence[Parameter],
    base: Values,
    learned: Learned,
    schema: Api,
    *,
    layout: str,
) -> Layout:
    """Return the files of a chart: values, their schema, and a template for each chart of the app, or each object.

    Definitions of custom resources that are always the same are in `crds/`, which Helm installs first and does not take
    for templates.
    """
    first = learned.first
    charts = {seen.chart: _Chart(seen.chart) for seen in first.values()}
    members = [
        Member(dict(first[slot].tree), charts[first[slot].chart], first[slot].where, each)
        for slot, each in learned.objects.items()
    ]
    fixed = [each for each in members if _is_fixed_definition(each)]
    rest = [each for each in members if not _is_fixed_definition(each)]
    templates = lay_out(
        rest, layout=layout, to_text=lambda held: "".join(to_template(each.expression, schema) for each in held)
    )
    definitions = lay_out(
        fixed, layout=layout, to_text=lambda held: to_yaml([each.tree for each in held], schema=schema)
    )
    files = {
        "Chart.yaml": to_chart_file(about),
        ".helmignore": _IGNORED,
        "values.yaml": to_values_file(parameters, name=about.name),
        "values.schema.json": to_schema(
            parameters, base, name=about.name, only=learned.only, forbidden=learned.forbidden
        ),
        **{f"templates/{path}": content for path, content in templates.files.items()},
        **{f"crds/{path}": content for path, content in definitions.files.items()},
    }
    return Layout(files, frozenset(f"templates/{path}" for path in templates.private))


def _is_fixed_definition(member: Member) -> bool:
    return (member.api_version, member.kind) == _DEFINITION and isinstance(member.expression, Constant)


def to_chart_file(about: About) -> bytes:
    """Return the text of Chart.yaml."""
    tree = {
        "apiVersion": "v2",
        "name": about.name,
        "description": about.description,
        "type": "application",
        "version": about.version,
        "appVersion": about.app_version,
        # what clouds add to the patch version counts as less than the version without it
        "kubeVersion": f">={about.kubernetes}.0-0" if about.kubernetes else "",
    }
    return to_yaml([{key: value for key, value in tree.items() if value}], keeps_order=True).encode()


def check_name(name: str) -> str:
    """Return the name of a chart. Raises `UsageError` for what Helm takes for none."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise UsageError(
            f"the app is called {name!r}, and so would the chart be: Helm wants small letters, digits, `-`, `_` and "
            "`.` in the name of a chart: rename the app"
        )
    return name


def check_version(version: str) -> str:
    """Return the version of a chart. Raises `UsageError` for what is no semantic version."""
    if not _VERSION.fullmatch(version):
        raise UsageError(f"{version!r} is not a semantic version, as Helm wants it: write it as 1.2.3")
    return version
