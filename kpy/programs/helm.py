"""Charts rendered by the real helm, within bounds and without a network."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from time import sleep, time
from typing import Final, NamedTuple

from kpy.programs.program import Program, ProgramError, find_program
from kpy.programs.rendered import RenderCache, RenderError, digest_of_files, identity_of

__all__ = ["HelmRenderer", "UnstableError"]

_TIMEOUT: Final = 60.0
_LIMIT: Final = 64 << 20
_LONGEST: Final = 400
#: Plugins could run anything; a chart needs none of them to be rendered.
_ENVIRONMENT: Final = {
    "HELM_NO_PLUGINS": "1",
    "HELM_PLUGINS": "",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "KUBECONFIG": os.devnull,
    "NO_PROXY": "none.invalid",
}
#: The oldest helm whose output is known to be the same everywhere.
_OLDEST: Final = (3, 18, 0)
#: Two time zones in which it is never the same day.
_WEST: Final = "Etc/GMT+12"
_EAST: Final = "Etc/GMT-14"


class UnstableError(RenderError):
    """A chart makes something else each time that it is rendered."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__("it makes something else each time that it is rendered")
        self.first, self.second = first, second


class HelmRenderer(NamedTuple):
    """A helm that renders charts.

    renderer = HelmRenderer.find()
    text = renderer.template("charts/web", name="web", values={"replicas": 2})
    """

    program: Program
    cache: RenderCache | None = None

    @classmethod
    def find(cls, path: str | None = None, *, cache: RenderCache | None = None) -> HelmRenderer:
        """Return the helm on PATH, or the one at a path. Raises `ProgramError`."""
        return cls(find_program("helm", path), cache)

    def template(
        self,
        chart: str,
        *,
        name: str = "release-name",
        namespace: str = "",
        values: Mapping[str, object] | None = None,
        value_files: Sequence[str] = (),
        kubernetes: str | None = None,
        api_versions: Sequence[str] = (),
        sets: Sequence[str] = (),
        with_crds: bool = False,
        with_schema: bool = True,
        with_tests: bool = False,
        is_proved: bool = False,
    ) -> str:
        """Return what a chart, a folder or an archive, makes, as `helm template` writes it; its tests `with_tests`.

        `values` go over those of `value_files`, these over those of the chart, and `sets`, as `--set` takes them, over
        all. What stands in `crds/` is there `with_crds`, and values are checked `with_schema`. With `is_proved` it is
        rendered twice, at two times and in two time zones, and has to come out the same.

        Raises `UnstableError` when it does not, `RenderError` when the chart cannot be rendered, and `ProgramError`
        when helm cannot be run.
        """
        words = ["template", name, chart, *(["--namespace", namespace] if namespace else [])]
        words += [] if with_tests else ["--skip-tests"]
        words += [word for file in value_files for word in ("--values", file)]
        words += ["--values", "-"] if values else []
        words += ["--kube-version", kubernetes] if kubernetes else []
        words += [word for version in api_versions for word in ("--api-versions", version)]
        words += ["--include-crds"] if with_crds else []
        words += [] if with_schema else ["--skip-schema-validation"]
        words += [word for each in sets for word in ("--set", each)]
        given = json.dumps(values, sort_keys=True) if values else ""
        run = partial(self._proved if is_proved else self._run, chart, words, given)
        if self.cache is None:
            return run()
        told = [word for word in words if word != chart]
        contents = digest_of_files(_files(chart), folder=chart)
        key = digest_of_files(value_files, identity_of(self.program.path), str(is_proved), contents, *told, given)
        return self.cache.text(key, run)

    def lint(
        self, chart: str, *, values: Mapping[str, object] | None = None, kubernetes: str | None = None
    ) -> list[str]:
        """Return what `helm lint --strict` says against a chart, a line for each error and warning.

        Raises `ProgramError` when helm cannot be run.
        """
        words = ["lint", "--strict", "--quiet", chart, *(["--kube-version", kubernetes] if kubernetes else [])]
        words += ["--values", "-"] if values else []
        given = json.dumps(values, sort_keys=True) if values else ""
        done = self.program.run(words, stdin=given, environment=_ENVIRONMENT, timeout=_TIMEOUT, limit=_LIMIT)
        lines = [line for line in done.out.splitlines() if line.startswith(("[WARNING]", "[ERROR]"))]
        return lines if lines or not done.code else [_reason(chart, done.err)]

    def _run(self, chart: str, words: Sequence[str], values: str, zone: str = "") -> str:
        environment = {**_ENVIRONMENT, "TZ": zone} if zone else _ENVIRONMENT
        done = self.program.run(words, stdin=values, environment=environment, timeout=_TIMEOUT, limit=_LIMIT)
        if done.code:
            raise RenderError(_reason(chart, done.err))
        return done.out

    def _proved(self, chart: str, words: Sequence[str], values: str) -> str:
        """Return what a chart makes, the same twice."""
        version = self.program.version("version", "--short")
        if version < _OLDEST:
            said = ".".join(map(str, version))
            raise ProgramError(f"helm {said} is too old: kpy needs helm {_OLDEST[0]}.{_OLDEST[1]} or newer")
        begin = int(time())
        first = self._run(chart, words, values, _WEST)
        while int(time()) == begin:  # a text of the clock has seconds at best
            sleep(0.02)
        second = self._run(chart, words, values, _EAST)
        if first != second:
            raise UnstableError(first, second)
        return first


def _files(chart: str) -> list[str]:
    if os.path.isfile(chart):
        return [chart]
    return [os.path.join(root, name) for root, _, names in os.walk(chart) for name in names]


def _reason(chart: str, said: str) -> str:
    """Return why helm failed, with what to do where that is known."""
    lines = [line for line in said.strip().splitlines() if line and not line.startswith(("WARNING", "Use --debug"))]
    text = " ".join(" ".join(lines).removeprefix("Error: ").split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    if "missing in charts/ directory" in text:
        missing = text.rpartition(":")[2].strip()
        return f"the chart needs {missing}, which is not in its charts/: run `helm dependency build {chart}`"
    if "library charts are not installable" in text:
        return "this is a library chart, which makes nothing by itself"
    return f"helm cannot render it: {text or 'it does not say why'}"
