"""`kpy synth -o DIR`: a manifest as files, and what is told about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kpy.cli.check import list_files, tell_differences
from kpy.cli.codes import DONE, FOUND
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import say
from kpy.output.files import Written, compare, write
from kpy.output.layouts import Layout, lay_out
from kpy.reporting.formats import report_form

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource

__all__ = ["files_of", "mode_of", "write_files", "write_layout"]

#: What became of a change that an earlier kpy was stopped in.
_RECOVERED = {
    "finished": "an earlier kpy was stopped while it wrote here: what it had begun was finished first",
    "undone": "an earlier kpy was stopped while it wrote here: what it had begun was undone first",
}


def files_of(
    given: Given, manifest: Manifest, to_text: Callable[[Sequence[Resource]], str], *, tag: str = ""
) -> Layout:
    """Return the files of a manifest as the command line wants them; `tag` is how an image of it is called."""
    suffix = ".json" if given.text("format") == "json" else ".yaml"
    laid: Layout = lay_out(manifest.resources, layout=given.text("layout") or "chart", suffix=suffix, to_text=to_text)
    if given.has("kustomization"):
        from kpy.output.kustomization import with_kustomization

        laid = with_kustomization(laid)
    if given.text("format") == "oci":
        from kpy.output.oci import as_oci

        laid = as_oci(laid, tag=tag or given.text("env") or "latest", title=manifest.output)
    return laid


def write_files(given: Given, folder: str, manifest: Manifest, to_text: Callable[[Sequence[Resource]], str]) -> int:
    """Write the files of a manifest into a folder, or with `--check` compare them; return the exit code."""
    is_pruning = given.has("prune_files") or given.text("format") == "oci"  # whose blobs are named by their content
    return write_layout(given, folder, manifest, files_of(given, manifest, to_text), is_pruning=is_pruning)


def write_layout(given: Given, folder: str, manifest: Manifest, laid: Layout, *, is_pruning: bool) -> int:
    """Write files into a folder, or with `--check` compare them; return the exit code."""
    mode = mode_of(given)
    if given.has("check"):
        found = compare(folder, laid.files, output=manifest.output)
        if report_form(given.text("report")).is_for_people:
            tell_differences(given, manifest, folder, found, laid.files)
        return FOUND if any(found) else DONE
    done = write(folder, laid.files, output=manifest.output, private=laid.private, mode=mode, prune=is_pruning)
    if report_form(given.text("report")).is_for_people:
        _tell(folder, done, why=_why_stale(is_pruning, is_empty=not laid.files))
    return DONE


def mode_of(given: Given) -> int | None:
    """Return the mode that `--mode` says, in octal as everywhere. Raises `MisuseError`."""
    said = given.text("mode")
    if said is None:
        return None
    try:
        mode = int(said, 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= 0o777:
        raise MisuseError(f"--mode {said}: write it as chmod takes it, such as 640")
    return mode


def _why_stale(is_pruning: bool, *, is_empty: bool) -> str:
    if is_pruning and is_empty:
        return "nothing is removed for an app without objects"
    return "it was edited since kpy wrote it" if is_pruning else "--prune-files removes it"


def _tell(folder: str, done: Written, *, why: str) -> None:
    if done.recovery:
        say(f"{folder}: {_RECOVERED[done.recovery]}")
    list_files("removed", folder, done.pruned)
    list_files("stale", folder, done.stale, f" is no longer part of the app; {why}")
    edited = f" ({_files(len(done.edited))} had been edited by hand)" if done.edited else ""
    say(f"{folder}: {_files(len(done.changed) + len(done.unchanged))}, {len(done.changed)} changed{edited}")


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
