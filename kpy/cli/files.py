"""`kpy synth -o DIR`: a manifest as files, and what is told about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kpy.cli.check import list_files, tell_differences
from kpy.cli.codes import DONE, FOUND
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import say, say_apart
from kpy.output.files import Written, compare, write
from kpy.output.layouts import Layout, lay_out
from kpy.reporting.formats import report_form

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource

__all__ = ["files_of", "mode_of", "write_files", "write_layout"]

#: How many objects are named.
_NAMED = 3
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
    from kpy.delivery.given_values import with_given_values

    warn_of_given(with_given_values(manifest.resources), given)
    return DONE


def warn_of_given(objects: Sequence[str], given: Given) -> None:
    """Warn once of all objects in files that have values which were given by reference."""
    if not objects:
        return
    named = list(dict.fromkeys(objects))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    have = "has a value" if len(named) == 1 else "have values"
    say_apart(
        f"warning: {', '.join(named[:_NAMED])}{more} {have} from a reference, {{env: ...}} or {{file: ...}}, and the "
        "files show it: keep them out of Git, or let the cluster get it by SOPS, Sealed Secrets or External Secrets "
        "(docs/secrets.md)",
        given,
    )


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
