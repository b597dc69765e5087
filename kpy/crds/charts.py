"""Definitions in Helm charts: those of `crds/` as they are, and those that templates make, rendered by helm.

Nothing is fetched: what a chart depends on has to be in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kpy.crds.origins import Origin
from kpy.errors import LoadError
from kpy.inputs.chart_files import read_chart_files
from kpy.programs import ProgramError
from kpy.programs.helm import HelmRenderer
from kpy.programs.rendered import RenderError

__all__ = ["Chart", "read_chart"]

_CRDS = re.compile(r"(?:charts/[^/]+/)*crds/.+\.(?:ya?ml|json)")
_TEMPLATES = re.compile(r"(?:charts/[^/]+/)*templates/.+")
_DEFINES = re.compile(rb"^\s*kind:\s*[\"']?CustomResourceDefinition\b", re.MULTILINE)
_CONDITION = re.compile(rb"\{\{-?\s*(?:else )?(?:if|with)\b[^}]*?\.Values\.([\w.]+)")


class Chart(NamedTuple):
    """What a chart gives."""

    origins: list[Origin]
    #: What it has and cannot give, with what to do.
    lacks: list[str]


def read_chart(path: str, values: Sequence[str] = ()) -> Chart:
    """Return the definitions of a chart, a folder or an archive; `values` are as `helm --set` takes them.

    Raises `LoadError` for what is no chart.
    """
    if "://" in path:
        raise LoadError(f"{path}: run `kpy vendor {path}`, and give the file that it writes")
    chart = read_chart_files(path, lambda name: bool(_CRDS.fullmatch(name) or _TEMPLATES.fullmatch(name)))
    title = "-".join(filter(None, (chart.name, chart.version)))
    source = f"chart {title}"
    origins = [
        Origin(source, f"{path}/{name}", content)
        for name, content in sorted(chart.files.items())
        if _CRDS.fullmatch(name)
    ]
    made = {name: text for name, text in chart.files.items() if _TEMPLATES.fullmatch(name) and _DEFINES.search(text)}
    if not made:
        return Chart(origins, [])
    rendered, lack = _rendered(path, values, made)
    if rendered is not None:
        origins.append(Origin(source, f"{path} (rendered)", rendered))
    return Chart(origins, [lack] if lack else [])


def _rendered(path: str, values: Sequence[str], templates: Mapping[str, bytes]) -> tuple[bytes | None, str]:
    """Return what helm makes of a chart, and what is lacking."""
    try:
        content = HelmRenderer.find().template(path, name="kpy", sets=values).encode()
    except ProgramError as error:
        return None, (
            f"{path}: its templates make definitions, and kpy renders them by helm ({error}): install helm, "
            "or give the file with definitions that the project publishes"
        )
    except RenderError as error:
        return None, f"{path}: {error}"
    if not _DEFINES.search(content):
        names = sorted({name.decode() for text in templates.values() for name in _CONDITION.findall(text)})
        hint = f" Its templates ask for {', '.join(names)}: try --set {names[0]}=true" if names else ""
        return None, f"{path}: its templates make definitions, but not with these values.{hint}"
    return content, ""
