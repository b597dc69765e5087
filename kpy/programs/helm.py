"""Charts rendered by the real helm, within bounds and without a network."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from kpy.programs.program import Program, find_program
from kpy.programs.rendered import RenderCache, RenderError, digest_of_files

__all__ = ["HelmRenderer"]

_TIMEOUT: Final = 60.0
_LIMIT: Final = 64 << 20
_LONGEST: Final = 400
#: Plugins could run anything; a chart needs none of them to be rendered.
_ENVIRONMENT: Final = {"HELM_NO_PLUGINS": "1", "HELM_PLUGINS": "", "KUBECONFIG": os.devnull}


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
    ) -> str:
        """Return the manifests that a chart in a folder makes, as `helm template` writes them, but for its tests.

        `values` go over those of `value_files`, and these over those of the chart. Raises `RenderError` when the chart
        cannot be rendered, and `ProgramError` when helm cannot be run.
        """
        words = ["template", name, chart, "--skip-tests", *(["--namespace", namespace] if namespace else [])]
        words += [word for file in value_files for word in ("--values", file)]
        words += ["--values", "-"] if values else []
        words += ["--kube-version", kubernetes] if kubernetes else []
        words += [word for version in api_versions for word in ("--api-versions", version)]
        given = json.dumps(values, sort_keys=True) if values else ""
        if self.cache is None:
            return self._run(chart, words, given)
        files = [*_files(chart), *value_files, self.program.path]
        key = digest_of_files(files, os.path.abspath(chart), *words, given)
        return self.cache.text(key, lambda: self._run(chart, words, given))

    def _run(self, chart: str, words: Sequence[str], values: str) -> str:
        done = self.program.run(words, stdin=values, environment=_ENVIRONMENT, timeout=_TIMEOUT, limit=_LIMIT)
        if done.code:
            raise RenderError(_reason(chart, done.err))
        return done.out


def _files(chart: str) -> list[str]:
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
