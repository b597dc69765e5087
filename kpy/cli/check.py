"""`kpy synth --check`: how the files in a folder differ from the app, and the command that mends it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kpy.cli.options import Given
from kpy.cli.output import say, view

if TYPE_CHECKING:
    from kpy.manifest import Manifest
    from kpy.output.files import Differences

__all__ = ["list_files", "tell_differences"]

#: How many files of one sort are named.
_LISTED = 10
#: Of how many files the differences are shown.
_SHOWN = 5
_GONE = " is no longer part of the app"


def tell_differences(
    given: Given, manifest: Manifest, folder: str, found: Differences, wanted: Mapping[str, bytes]
) -> None:
    """Say how the files in a folder differ from those that are wanted, and what brings them up to date."""
    list_files("missing", folder, found.missing)
    for path in found.different[:_SHOWN]:
        say(f"different: {folder}/{path}")
        for line in (
            []
            if given.text("format") == "oci"
            else _differences(os.path.join(folder, path), wanted[path], manifest, given)
        ):
            say(f"    {line}")
    list_files("different", folder, found.different[_SHOWN:])
    list_files("stale", folder, [each for each in found.stale if each not in found.edited], _GONE)
    list_files("stale", folder, found.edited, f"{_GONE} and was edited: delete it yourself, or restore it")
    if found.is_unfinished:
        say(f"unfinished: an earlier kpy was stopped while it wrote to {folder}: the next `kpy synth -o` finishes that")
    if found.can_be_mended:
        say(
            f"to bring the files up to date: {_command(given, folder, is_pruning=set(found.stale) > set(found.edited))}"
        )


def list_files(what: str, folder: str, paths: Sequence[str], why: str = "") -> None:
    """Name files, the first ten when there are more."""
    for path in paths[:_LISTED]:
        say(f"{what}: {folder}/{path}{why}")
    if len(paths) > _LISTED:
        say(f"{what}: and {len(paths) - _LISTED} more")


def _differences(file: str, wanted: bytes, manifest: Manifest, given: Given) -> list[str]:
    if given.text("format") == "oci":
        return []  # archives, and lists of digests
    if given.text("format") == "helm" and b"\nkind: Secret\n" in wanted:
        return ["(it has a Secret, and what stands there now may be one, too)"]
    from kpy.reporting.file_diffs import file_diff

    try:
        with open(file, encoding="utf-8", errors="replace", newline="") as stream:
            old = stream.read()
    except OSError as error:
        return [f"(it cannot be read: {error.strerror})"]
    from kpy.documents import read_documents

    mask = manifest.mask
    mask.learn(item.tree for document in read_documents(old, file).documents for item in document.items())
    return file_diff(old, wanted.decode(), view(given), mask=mask)


def _command(given: Given, folder: str, *, is_pruning: bool) -> str:
    """Return the same command line without `--check`; values that may be secret are left out."""
    from kpy.redaction.fields import is_sensitive_name

    words = ["kpy", "synth"]
    words += [app] if (app := given.text("app")) else []
    for value in given.texts("set"):
        key = value.partition("=")[0]
        words += ["--set", f"{key}=..." if is_sensitive_name(key) else value]
    words += ["-o", folder] if given.text("output") else []
    for name, flag in (
        ("env", "--env"),
        ("layout", "--layout"),
        ("format", "--format"),
        ("kubernetes", "--kubernetes"),
    ):
        words += [flag, said] if (said := given.text(name)) else []
    for name, flag in (("constants", "--constant"), ("values", "--values")):
        words += [word for said in given.texts(name) for word in (flag, said)]
    words += ["--chart-version", said] if (said := given.text("chart_version")) else []
    words += ["--kustomization"] if given.has("kustomization") else []
    words += ["--prune-files"] if is_pruning else []
    return shlex.join(words)
