"""`kpy synth`: an app to YAML, on standard output or in files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from kpy.cli.apps import app_for, kubernetes_of, project_for
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, say_findings
from kpy.errors import EmitError, SynthError
from kpy.schema import api

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource

__all__ = ["run"]

#: What needs a folder to make sense.
_WITH_OUTPUT = {"layout": "--layout", "prune_files": "--prune-files", "check": "--check"}
#: How many files of one sort are named.
_LISTED = 10


def run(given: Given) -> int:
    """Synthesise the app and write it; return 1 when it has errors, or when `--check` finds differences."""
    _refuse_contradictions(given)
    kubernetes = kubernetes_of(given)
    project = project_for(given.text("app"))
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
        say_findings(manifest.report.only("warning"), given)
        if given.text("output") is not None:
            return _write_files(given, manifest)
        product.write(_writer(given, manifest)(manifest.resources))
    return 0


def _refuse_contradictions(given: Given) -> None:
    if given.text("output") is None:
        for name, flag in _WITH_OUTPUT.items():
            if given.has(name) if name != "layout" else given.text(name):
                raise MisuseError(f"{flag} is about files: say in which folder, with -o DIR")
    elif given.has("check") and given.has("prune_files"):
        raise MisuseError("--check writes nothing, so there is nothing for --prune-files to remove: choose one")


def _writer(given: Given, manifest: Manifest) -> Callable[[Iterable[Resource]], str]:
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


def _write_files(given: Given, manifest: Manifest) -> int:
    from kpy.output.files import compare, write

    folder = given.text("output") or "."
    layout = given.text("layout") or "chart"
    suffix = ".json" if given.text("format") == "json" else ".yaml"
    to_text = _writer(given, manifest)
    if given.has("check"):
        found = compare(manifest, folder, layout=layout, suffix=suffix, to_text=to_text)
        for what, paths in found._asdict().items():
            _list(what, folder, paths)
        return 1 if any(found) else 0
    done = write(manifest, folder, layout=layout, suffix=suffix, prune=given.has("prune_files"), to_text=to_text)
    why = "it was edited since kpy wrote it" if given.has("prune_files") else "--prune-files removes it"
    _list("removed", folder, done.pruned)
    _list("stale", folder, done.stale, f" is no longer part of the app; {why}")
    edited = f" ({_files(len(done.edited))} had been edited by hand)" if done.edited else ""
    say(f"{folder}: {_files(len(done.changed) + len(done.unchanged))}, {len(done.changed)} changed{edited}")
    return 0


def _list(what: str, folder: str, paths: Sequence[str], why: str = "") -> None:
    """Name files, the first ten when there are more."""
    for path in paths[:_LISTED]:
        say(f"{what}: {folder}/{path}{why}")
    if len(paths) > _LISTED:
        say(f"{what}: and {len(paths) - _LISTED} more")


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


class _Passes:
    """Watches the passes go by, for `--time-passes` and `--print-after`."""

    def __init__(self, given: Given) -> None:
        self._shown = given.texts("print_after")
        self._timed = given.has("time_passes")
        self._times: list[tuple[str, float]] = []
        self._last = perf_counter()

    def __call__(self, name: str, manifest: Manifest) -> None:
        self.note(name)
        if name in self._shown:
            say(f"# after {name}\n{_draft(manifest)}")
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


def _draft(manifest: Manifest) -> str:
    """Return the objects as they are in the middle of the pipeline."""
    from kpy.output.emit import to_yaml

    try:
        return to_yaml(resource.tree for resource in manifest.resources)
    except EmitError as error:
        return f"# cannot be shown: {error}"
