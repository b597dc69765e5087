"""The objects that a word of the command line stands for: an app, files, a folder, or one of these in Git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kpy.cli.apps import app_for, kubernetes_of, project_for
from kpy.cli.codes import DocumentError
from kpy.cli.named import place_in
from kpy.cli.options import Given, MisuseError
from kpy.cli.revisions import IN_GIT, checked_out, synth
from kpy.cli.validate import is_app, no_such
from kpy.errors import LoadError

if TYPE_CHECKING:
    from kpy.cli.revisions import Checkout
    from kpy.compare.refused import Definitions
    from kpy.documents import Reading
    from kpy.manifest import Resource

__all__ = ["definitions_for", "objects_of_files", "read_objects", "release_for"]

#: How many faults of a text are told.
_TOLD = 5


def read_objects(
    target: str | None, given: Given, *, beside: str = "", environment: str | None = None
) -> list[Resource]:
    """Return the objects of a target. Raises `LoadError` when it cannot be read, `SynthError` when the app has errors.

    A revision without a path means `beside` in that revision, else the app that the settings name.
    """
    if target is not None and target.startswith(IN_GIT):
        return _objects_in_git(target, given, beside, environment)
    if target is None or is_app(target):
        kubernetes = kubernetes_of(given)
        project = project_for(target, environment)
        return project.synth(app_for(given, project, target), kubernetes=kubernetes).resources
    return objects_of_files(target)


def objects_of_files(path: str, shown: str = "", checkout: Checkout | None = None) -> list[Resource]:
    """Return the objects of a file, or of the files of a folder; `shown` is what messages call it."""
    from kpy.documents import find_files, read_file

    if os.path.isdir(path):
        files = list(find_files(path))
        if checkout is not None:
            files = [checkout.place_of(file, shown) for file in files]
    elif os.path.exists(path):
        files = [path]
    else:
        raise LoadError(f"{shown}: there is no such file or folder" if shown else no_such(path))
    return [resource for file in files for resource in _resources(read_file(file))]


def release_for(target: str | None, given: Given, environment: str | None = None) -> str | None:
    """Return the Kubernetes release to judge by; nothing for the newest."""
    project = project_for(None if target is None or target.startswith(IN_GIT) else target, environment)
    return project.release(kubernetes=kubernetes_of(given))


def definitions_for(target: str | None) -> Definitions:
    """Return the definitions that the project of a target keeps. Raises `LoadError` where they are not as pinned."""
    from kpy.compare.refused import Definitions

    project = project_for(None if target is None or target.startswith(IN_GIT) else target)
    return Definitions(project.crds, project.folder)


def _resources(reading: Reading) -> list[Resource]:
    """Return the objects of a text. Raises `DocumentError` with everything that is wrong with it."""
    from kpy.checking.decode import shape_of
    from kpy.manifest import Resource

    errors = [found for found in reading.errors if found.severity == "error"]
    if errors:
        more = f"; and {len(errors) - _TOLD} more" if len(errors) > _TOLD else ""
        raise DocumentError("; ".join(f"{found.where}: {found.message}" for found in errors[:_TOLD]) + more)
    objects = [item for document in reading.documents for item in document.items()]
    for item in objects:
        if not isinstance(item.tree, dict):
            raise DocumentError(f"{item.where()}: a document must be a mapping, not {shape_of(item.tree)}")
        if not isinstance(item.tree.get("kind"), str):
            raise DocumentError(f"{item.where()}: this is not a Kubernetes object: it has no `kind`")
    return [Resource(item.tree, where=item.where()) for item in objects]


def _objects_in_git(target: str, given: Given, beside: str, environment: str | None) -> list[Resource]:
    revision, _, path = target.removeprefix(IN_GIT).partition(":")
    path = path or beside or project_for(None).settings.app or ""
    if not path or path.startswith(IN_GIT):
        raise MisuseError(f"{target}: say what is compared in that revision: git:{revision}:PATH")
    shown = f"{IN_GIT}{revision}:{path}"
    with checked_out(revision) as checkout:
        if not os.path.lexists(os.path.join(checkout.folder, path)):
            path = place_in(checkout.folder, path)
        if is_app(path, checkout.folder) or path.partition(":")[0].endswith(".py"):
            from kpy.documents import read_documents

            checkout.place_of(path.partition(":")[0], shown)
            words, kubernetes = given.texts("set"), given.text("kubernetes")
            text = synth(checkout, path, shown, set_=words, kubernetes=kubernetes, environment=environment)
            found = _resources(read_documents(text, shown))
        else:
            found = objects_of_files(checkout.place_of(path, shown), shown, checkout)
        for resource in found:
            resource.where = None
    return found
