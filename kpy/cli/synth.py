"""`kpy synth`: an app to YAML, on standard output or in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from kpy.cli.apps import app_for, kubernetes_of, project_with, refuse_of_all
from kpy.cli.codes import DONE, code_of_report
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, say_apart, say_findings
from kpy.errors import EmitError, SynthError
from kpy.schema import api

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource
    from kpy.project import Project

__all__ = ["run"]

#: What needs a folder to make sense.
_WITH_OUTPUT = {
    "layout": "--layout",
    "kustomization": "--kustomization",
    "prune_files": "--prune-files",
    "check": "--check",
    "mode": "--mode",
}
#: What is about charts alone, and what is not for them.
_WITH_CHART = {
    "constants": "--constant",
    "chart_version": "--chart-version",
    "no_proof": "--no-proof",
    "values": "--values",
}
_WITHOUT_CHART = {
    "all": "--all",
    "kustomization": "--kustomization",
    "print_after": "--print-after",
    "time_passes": "--time-passes",
}


def run(given: Given) -> int:
    """Synthesise the app and write it; return 1 when it has errors, or when `--check` finds differences."""
    is_chart = given.text("format") == "helm"
    _refuse_of_charts(given, is_chart=is_chart)
    if given.has("all"):
        from kpy.cli.fleet import run as run_all

        return run_all(given, lambda manifest: _writer(given, manifest))
    refuse_of_all(given)
    kubernetes = kubernetes_of(given)
    project = project_with(given, given.text("app"))
    folder = given.text("output") if is_chart else _folder(given, project)
    _refuse_contradictions(given, folder)
    if is_chart:
        from kpy.cli.helm_chart import run_chart

        return run_chart(given, project, folder or ".", kubernetes)
    passes = _Passes(given)
    with Product() as product:
        app = app_for(given, project, given.text("app"))
        passes.note("load")
        try:
            manifest = project.synth(app, kubernetes=kubernetes, observe=passes)
        except SynthError as error:
            error.add_note("nothing was written")
            raise
        finally:
            passes.report()
        fail_on = given.text("fail_on")
        code = code_of_report(manifest.report, fail_on)
        say_findings(manifest.report if fail_on == "note" else manifest.report.only("warning"), given)
        if code != DONE:
            say_apart(f"{manifest.report.summary()}; nothing was written, since --fail-on {fail_on} is met", given)
            return code
        if folder is not None:
            from kpy.cli.files import write_files

            return write_files(given, folder, manifest, _writer(given, manifest))
        product.write(_writer(given, manifest)(manifest.resources), is_manifest=True)
    return 0


def _refuse_of_charts(given: Given, *, is_chart: bool) -> None:
    for name, flag in _WITH_CHART.items():
        if given.values.get(name) and not is_chart:
            raise MisuseError(f"{flag} is about Helm charts: add --format helm")
    for name, flag in _WITHOUT_CHART.items():
        if given.values.get(name) and is_chart:
            raise MisuseError(f"{flag} is not for Helm charts: leave it out, or leave out --format helm")


def _folder(given: Given, project: Project) -> str | None:
    """Return the folder to write to: the one that is given, else that of the environment; nothing for neither."""
    said = given.text("output")
    if said is not None:
        return None if said == "-" else said or "."
    return project.output_of(given.text("app"))


def _refuse_contradictions(given: Given, folder: str | None) -> None:
    if folder is None or (folder == "-" and given.text("format") == "helm"):
        for name, flag in _WITH_OUTPUT.items():
            if given.text(name) if name in ("layout", "mode") else given.has(name):
                raise MisuseError(f"{flag} needs a folder to work on: add -o DIR")
        if given.text("format") == "oci":
            raise MisuseError("--format oci is a folder, an OCI image layout: add -o DIR")
        if given.text("format") == "helm":
            raise MisuseError("--format helm is a folder, a Helm chart: add -o DIR")
    if given.text("format") == "oci" and not given.text("output"):
        raise MisuseError("--format oci would replace the files in the folder that the settings name: add -o DIR")
    if folder is None:
        pass
    elif given.has("check") and given.has("prune_files"):
        raise MisuseError("--check writes nothing, so there is nothing for --prune-files to remove: choose one")
    elif given.has("check") and given.text("mode"):
        raise MisuseError("--check writes nothing and does not look at modes: leave --mode out")
    if given.has("show_secrets") and not given.texts("print_after"):
        raise MisuseError("--show-secrets is about --print-after: say after which pass, with --print-after PASS")


def _writer(given: Given, manifest: Manifest) -> Callable[[Sequence[Resource]], str]:
    """Return what makes text of resources; their YAML is there already."""
    format_ = given.text("format")
    if format_ == "json":
        from kpy.output.emit import to_json as to_text
    elif format_ == "kyaml":
        from kpy.output.kyaml import to_kyaml as to_text
    else:
        return lambda resources: "---\n".join(resource.text for resource in resources)
    schema = api(manifest.release)
    return lambda resources: to_text((resource.tree for resource in resources), schema=schema)


class _Passes:
    """Watches the passes go by, for `--time-passes` and `--print-after`."""

    def __init__(self, given: Given) -> None:
        self._shown = given.texts("print_after")
        self._has_secrets = given.has("show_secrets")
        self._timed = given.has("time_passes")
        self._times: list[tuple[str, float]] = []
        self._last = perf_counter()

    def __call__(self, name: str, manifest: Manifest) -> None:
        self.note(name)
        if name in self._shown:
            changes = "".join(f"# {change}\n" for change in manifest.changes)
            say(f"# after {name}\n{changes}{_draft(manifest, with_secrets=self._has_secrets)}")
            self._last = perf_counter()

    def note(self, name: str) -> None:
        """Remember that this took the time since the last."""
        now = perf_counter()
        self._times.append((name, now - self._last))
        self._last = now

    def report(self) -> None:
        """Show the times, if that was asked for."""
        if self._timed:
            total = sum(seconds for _, seconds in self._times)
            rows = [*self._times, ("total", total)]
            say("\n".join(f"{name:<10}{seconds * 1000:>10.1f} ms{seconds / total:>7.0%}" for name, seconds in rows))


def _draft(manifest: Manifest, *, with_secrets: bool) -> str:
    """Return the objects as they are in the middle of the pipeline."""
    from kpy.output.emit import to_yaml
    from kpy.redaction.mask import redacted

    trees = [resource.tree for resource in manifest.resources]
    if not with_secrets:
        mask = manifest.mask
        trees = [redacted(tree, mask) for tree in trees]
    try:
        return to_yaml(trees)
    except EmitError as error:
        return f"# cannot be shown: {error}"
