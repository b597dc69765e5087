"""What helm makes of a chart, checked before and after, and kept: a second run starts no program."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.constructs.included.patterns import is_meant
from kpy.constructs.included.rendered import Setting
from kpy.errors import LoadError, UsageError
from kpy.inputs.chart_files import ChartFiles, read_chart_files
from kpy.inputs.chart_schemas import has_checker, schema_of
from kpy.inputs.chart_values import coalesced, unknown_keys
from kpy.inputs.helm_output import unstable_leaves
from kpy.programs import ProgramError
from kpy.programs.helm import HelmRenderer, UnstableError
from kpy.programs.rendered import RenderCache, RenderError, digest_of_files, identity_of
from kpy.redaction.fields import is_sensitive_name
from kpy.redaction.mask import Mask

__all__ = ["Order", "asks_for_versions", "rendered"]

#: Changes whenever a chart that was fine may be so no more.
_CHECKS: Final = "1"
_SHOWN: Final = 5


class Order(NamedTuple):
    """What is rendered, and how."""

    name: str
    chart: str
    #: Name and version of the chart.
    title: str
    namespace: str
    values: Mapping[str, Any]
    setting: Setting
    api_versions: tuple[str, ...]
    with_crds: bool
    #: The objects that are left out, so that they need not come out the same.
    without: tuple[str, ...]


def rendered(order: Order) -> str:
    """Return what helm makes. Raises `UsageError` for wrong values, `LoadError` for what cannot be rendered."""
    try:
        helm = HelmRenderer.find()
    except ProgramError as error:
        raise LoadError(
            f"kpy renders charts by helm ({error}): install helm 3.18 or newer, https://helm.sh/docs/intro/install"
        ) from None
    versions = tuple(sorted({*order.api_versions, *order.setting.api_versions}))
    said = json.dumps(order.values, sort_keys=True)
    words = (order.name, order.namespace, order.setting.release, str(order.with_crds), *versions, *order.without)
    key = digest_of_files(
        _files(order.chart),
        identity_of(helm.program.path),
        _CHECKS,
        str(has_checker()),
        said,
        *words,
        folder=order.chart,
    )
    return RenderCache().text(key, lambda: _made(order, helm, versions))


def _made(order: Order, helm: HelmRenderer, versions: tuple[str, ...]) -> str:
    chart = read_chart_files(order.chart)
    _check_values(chart, order)
    schemas = [schema_of(each) for each in _all(chart)]
    try:
        return helm.template(
            order.chart,
            name=order.name,
            namespace=order.namespace,
            values=order.values,
            kubernetes=f"{order.setting.release}.0",
            api_versions=versions,
            with_crds=order.with_crds,
            with_schema=all(schema is None or schema.is_whole for schema in schemas),
            is_proved=True,
        )
    except UnstableError as error:
        _check_stable(chart, order, error)
        return error.first
    except RenderError as error:
        raise UsageError(f"the chart {order.title}: {_mask(order.values).hide(str(error))}") from None
    except ProgramError as error:
        raise LoadError(str(error)) from None


def _check_values(chart: ChartFiles, order: Order) -> None:
    unknown = [str(found) for found in unknown_keys(chart, order.values)]
    if unknown:
        raise UsageError(f"`values`: the chart {order.title} does not know {_listed(unknown, ', ')}")
    schema = schema_of(chart)
    faults = schema.faults(coalesced(chart, order.values)) if schema is not None else []
    if faults:
        raise UsageError(
            f"`values` are not what the schema of the chart {order.title} asks for: {_listed(faults, '; ')}"
        )


def _check_stable(chart: ChartFiles, order: Order, error: UnstableError) -> None:
    """Refuse what comes out otherwise each time, but for objects that are left out."""

    def is_left_out(tree: Mapping[str, Any]) -> bool:
        return any(is_meant(word, tree) for word in order.without)

    found = unstable_leaves(error.first, error.second, chart, is_left_out)
    if found:
        raise UsageError(
            f"the chart {order.title} makes something else each time that it is rendered: "
            f"{_listed(list(map(str, found)), ', ')}: give what it makes up by `values`, or leave the object out by "
            "`without` and declare it yourself"
        )


def asks_for_versions(chart: str) -> bool:
    """Return whether a template of a chart asks what the cluster knows, remembered for charts as they are."""

    def find() -> str:
        files = read_chart_files(chart).files.values()
        return str(any(b".APIVersions" in content for content in files))

    return RenderCache().text(digest_of_files(_files(chart), "asks", folder=chart), find) == "True"


def _all(chart: ChartFiles) -> Iterator[ChartFiles]:
    yield chart
    for inner in chart.inner():
        yield from _all(inner)


def _files(chart: str) -> list[str]:
    if os.path.isfile(chart):
        return [chart]
    return [os.path.join(root, name) for root, _, names in os.walk(chart) for name in names]


def _mask(values: Mapping[str, Any]) -> Mask:
    """Return what hides the values that are secret by the names of their keys."""
    found = {str(number): text for number, text in enumerate(_secrets(values, is_secret=False))}
    return Mask([{"apiVersion": "v1", "kind": "Secret", "stringData": found}])


def _secrets(value: object, *, is_secret: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key))
            yield from _secrets(inner, is_secret=is_secret or is_sensitive_name(words))
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner, is_secret=is_secret)
    elif is_secret and isinstance(value, str):
        yield value


def _listed(texts: list[str], separator: str) -> str:
    more = f"{separator}and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return separator.join(texts[:_SHOWN]) + more
