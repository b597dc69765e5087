"""An app as it was at a Git revision, for a cluster: made by a process of its own, and handed over as JSON.

YAML would not do: which Jobs run once for each content, and what comes after what, are not in it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from kpy.cli.apps import app_for, kubernetes_of, project_for, synth_for_cluster
from kpy.cli.commands import COMMANDS
from kpy.cli.named import place_in
from kpy.cli.options import Given, MisuseError, Option
from kpy.cli.output import Product, say, say_findings
from kpy.cli.parsing import parse
from kpy.cli.revisions import IN_GIT, Checkout, checked_out, run_in
from kpy.cli.validate import is_app
from kpy.errors import LoadError, SynthError
from kpy.objects import Key
from kpy.redaction.given import given_secrets, hide_from_now_on
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource
    from kpy.project import Project
    from kpy.project.origin import Origin

__all__ = ["main", "manifest_at", "run"]

_MAKE = "from kpy.cli.handover import main\nmain()"
_RELEASE = Option("cluster_release", ("--cluster-release",), "The release for an app that says none.", "RELEASE")


def manifest_at(given: Given, project: Project, target: str, release: str | None) -> tuple[Manifest, Origin]:
    """Return the manifest of an app at a revision, `git:v1.2` or `git:v1.2:shop.py`, and where that comes from.

    `release` is that of the cluster, for an app that says none. Raises `LoadError` where there is no such revision, or
    no such app in it, and `DocumentError` when it has errors.
    """
    from kpy.project.origin import origin_of

    revision, _, path = target.removeprefix(IN_GIT).partition(":")
    path = path or project.settings.app or ""
    if not path:
        raise MisuseError(f"{target}: name the app in that revision: {IN_GIT}{revision}:FILE")
    shown = f"{IN_GIT}{revision}:{path}"
    with checked_out(revision) as checkout:
        if not os.path.lexists(os.path.join(checkout.folder, path)):
            path = place_in(checkout.folder, path)
        _check_path(checkout, path, shown)
        words = [word for value in given.texts("set") for word in ("--set", value)]
        words += ["--env", environment] if (environment := given.text("env")) else []
        words += ["--kubernetes", kubernetes] if (kubernetes := given.text("kubernetes")) else []
        words += ["--cluster-release", release] if release else []
        done = run_in(checkout, _MAKE, [*words, "--", path], shown)
        manifest = _manifest(json.loads(done.out), f"{IN_GIT}{revision}:", checkout.root)
    if done.err.strip():
        say(done.err.rstrip())
    here = origin_of("")
    if here.state:
        say(f"note: {IN_GIT}{revision} is taken as it was committed; the changes in the work tree are no part of it")
    return manifest, here._replace(branch="", commit=checkout.commit, revision=revision, state="")


def _check_path(checkout: Checkout, path: str, shown: str) -> None:
    """Raise `LoadError` where a path cannot be an app of a revision."""
    file = path.partition(":")[0]
    place = checkout.place_of(file, shown)
    if file.endswith(".py") and not os.path.exists(place):
        raise LoadError(f"{shown}: there is no {file} in that revision; if it had another name then, say git:REV:FILE")
    if not is_app(path, checkout.folder):
        raise LoadError(f"{shown}: this is no app; an app is a Python file, or a module with its name, shop.main:app")


def main() -> None:
    """Make the app that the words of this process name, as `kpy synth` does, and write it as JSON."""
    from kpy.cli.main import call

    synth = COMMANDS["synth"]
    command = synth._replace(run="kpy.cli.handover:run", options=(*synth.options, _RELEASE))
    given = parse(command, sys.argv[1:])
    assert given is not None, "nobody asks for help here"
    sys.exit(call(command, given))


def run(given: Given) -> int:
    """Write everything about an app that applying it needs."""
    with Product() as product:
        project = project_for(given.text("app"), given.text("env"), given.text("cluster"))
        app = app_for(given, project, given.text("app"))
        release = project.release(app, kubernetes=kubernetes_of(given)) or given.text(_RELEASE.name)
        try:
            manifest = synth_for_cluster(project, app, release)
        except SynthError as error:
            error.add_note("nothing was changed in the cluster")
            raise
        say_findings(manifest.report.only("warning"), given)
        from kpy.tree.part import namespace_of

        said = {
            "app": app.name,
            "namespaces": [namespace for part in app.parts if (namespace := namespace_of(part))],
            "release": manifest.release,
            "objects": [_object(resource) for resource in manifest],
            "given": given_secrets(),
        }
        product.write(json.dumps(said), is_manifest=True)
    return 0


def _object(resource: Resource) -> dict[str, Any]:
    where = resource.where or Location("", 0)
    return {
        "tree": resource.tree,
        "where": (where.file, where.line, where.column),
        "base_name": resource.base_name,
        "after": resource.after,
    }


def _manifest(said: dict[str, Any], prefix: str, root: str) -> Manifest:
    """Return what the other process has written; places in its folder become places in the revision."""
    from kpy.manifest import Manifest, Resource
    from kpy.tree.app import App
    from kpy.tree.chart import Chart

    for secret in said["given"]:
        hide_from_now_on(secret)
    resources = []
    for each in said["objects"]:
        file, line, column = each["where"]
        file = file.removeprefix(os.path.join(os.path.realpath(root), "")).removeprefix(os.path.join(root, ""))
        resource = Resource(each["tree"], where=Location(f"{prefix}{file}", line, column) if file else None)
        resource.base_name = each["base_name"]
        resource.after = tuple(Key(*key) for key in each["after"])
        resources.append(resource)
    app = App(said["app"])
    for number, namespace in enumerate(said["namespaces"]):
        app.add(Chart(f"chart-{number}", namespace=namespace))
    return Manifest(resources, release=said["release"], app=app)
