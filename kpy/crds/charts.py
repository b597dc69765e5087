"""Definitions in Helm charts: those of `crds/` as they are, and those that templates make, rendered by helm.

Archives are read and never unpacked. Nothing is fetched: what a chart depends on has to be in it.
"""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from kpy.crds.origins import Origin
from kpy.errors import LoadError
from kpy.programs import ProgramError, find_program

__all__ = ["Chart", "read_chart"]

#: Bounds on archives: files, bytes of one file, bytes of all of them, charts in charts.
_FILES, _FILE, _ALL, _DEEPEST = 20_000, 64 << 20, 512 << 20, 5
_CRDS = re.compile(r"(?:charts/[^/]+/)*crds/.+\.(?:ya?ml|json)")
_TEMPLATES = re.compile(r"(?:charts/[^/]+/)*templates/.+")
_DEFINES = re.compile(rb"^\s*kind:\s*[\"']?CustomResourceDefinition\b", re.MULTILINE)
_SUBCHART = re.compile(r"charts/[^/]+\.tgz")
_CONDITION = re.compile(rb"\{\{-?\s*(?:else )?(?:if|with)\b[^}]*?\.Values\.([\w.]+)")
_FIELD = re.compile(rb"^(name|version):\s*[\"']?([^\"'\s#]+)", re.MULTILINE)


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
        raise LoadError(f"{path}: kpy fetches no charts: run `helm pull {path}`, and give the file")
    if not os.path.exists(path):
        raise LoadError(f"{path}: there is no such file or folder")
    files = _folder(path) if os.path.isdir(path) else _archive(path)
    if "Chart.yaml" not in files:
        raise LoadError(f"{path}: this is no chart: it has no Chart.yaml")
    source = f"chart {_title(files['Chart.yaml'])}"
    origins = [
        Origin(source, f"{path}/{name}", content) for name, content in sorted(files.items()) if _CRDS.fullmatch(name)
    ]
    made = {name: text for name, text in files.items() if _TEMPLATES.fullmatch(name) and _DEFINES.search(text)}
    if not made:
        return Chart(origins, [])
    rendered, lack = _rendered(path, values, made)
    if rendered is not None:
        origins.append(Origin(source, f"{path} (rendered)", rendered))
    return Chart(origins, [lack] if lack else [])


def _title(chart: bytes) -> str:
    """Return name and version of a chart."""
    said = {key.decode(): value.decode("utf-8", "replace") for key, value in _FIELD.findall(chart)}
    return "-".join(value for value in (said.get("name"), said.get("version")) if value)


def _rendered(path: str, values: Sequence[str], templates: Mapping[str, bytes]) -> tuple[bytes | None, str]:
    """Return what helm makes of a chart, and what is lacking."""
    try:
        helm = find_program("helm")
        chosen = [word for value in values for word in ("--set", value)]
        done = helm.run(["template", "kpy", path, *chosen], timeout=300)
    except ProgramError as error:
        return None, (
            f"{path}: its templates make definitions, and kpy renders them by helm ({error}): install helm, "
            "or give the file with definitions that the project publishes"
        )
    if done.code != 0:
        said = " ".join(done.err.split()) or "it says nothing"
        return None, f"{path}: helm cannot render it: {said}"
    content = done.out.encode()
    if not _DEFINES.search(content):
        names = sorted({name.decode() for text in templates.values() for name in _CONDITION.findall(text)})
        hint = f" Its templates ask for {', '.join(names)}: try --set {names[0]}=true" if names else ""
        return None, f"{path}: its templates make definitions, but not with these values.{hint}"
    return content, ""


def _folder(path: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for root, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = os.path.join(root, name)
            inner = Path(os.path.relpath(file, path)).as_posix()
            if _is_wanted(inner) and os.path.isfile(file):
                try:
                    content = Path(file).read_bytes()
                except OSError as error:
                    raise LoadError(f"{file}: it cannot be read: {error.strerror or error}") from None
                files.update(_unfolded(inner, content, file, 0))
    return files


def _archive(path: str) -> dict[str, bytes]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise LoadError(f"{path}: it cannot be read: {error.strerror or error}") from None
    return dict(_members(content, path, 0))


def _members(content: bytes, path: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive that matter, from the folder of the chart."""
    count = size = 0
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:*") as archive:
            for member in archive:
                count, size = count + 1, size + member.size
                if count > _FILES or member.size > _FILE or size > _ALL:
                    raise LoadError(f"{path}: the archive is larger than any chart")
                name = member.name.removeprefix("./").partition("/")[2]
                if member.isfile() and _is_wanted(name):
                    stream = archive.extractfile(member)
                    assert stream is not None
                    yield from _unfolded(name, stream.read(), path, depth).items()
    except LoadError:
        raise
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise LoadError(f"{path}: this is no archive of a chart: {error}") from None


def _unfolded(name: str, content: bytes, path: str, depth: int) -> dict[str, bytes]:
    """Return a file, or those of the chart that it holds."""
    if not _SUBCHART.fullmatch(name):
        return {name: content}
    if depth == _DEEPEST:
        return {}
    folder = name.removesuffix(".tgz")
    return {f"{folder}/{inner}": text for inner, text in _members(content, f"{path}/{name}", depth + 1)}


def _is_wanted(name: str) -> bool:
    return name == "Chart.yaml" or any(pattern.fullmatch(name) for pattern in (_CRDS, _TEMPLATES, _SUBCHART))
