"""Applications, ApplicationSets and AppProjects of Argo CD.

https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kpy.delivery.gitops.common import Tree, image_of, labels_of, name_of, path_of, wording
from kpy.errors import LoadError

if TYPE_CHECKING:
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["to_argocd"]

_API = "argoproj.io/v1alpha1"
#: The cluster that Argo CD itself runs in.
_HERE = "https://kubernetes.default.svc"


def to_argocd(settings: Gitops, outputs: Sequence[Output], *, with_sets: bool = False) -> list[Tree]:
    """Return the objects for outputs: projects first, then an Application for each, or a set of them for each app."""
    projects = [_project(settings, name, outputs) for name in sorted(_projects(settings, outputs))]
    if not with_sets:
        return [*projects, *(_application(settings, output) for output in outputs)]
    apps: dict[str, list[Output]] = {}
    for output in outputs:
        apps.setdefault(output.app.word, []).append(output)
    return [*projects, *(_set(settings, word, each) for word, each in apps.items())]


def _projects(settings: Gitops, outputs: Sequence[Output]) -> set[str]:
    """Return the projects that there must be; Argo CD brings `default` along."""
    return {wording(settings.project, "project", output) for output in outputs} - {"default"}


def _metadata(settings: Gitops, name: str, labels: Tree | None = None) -> Tree:
    found: Tree = {"name": name, "namespace": settings.namespace or "argocd"}
    return {**found, "labels": labels} if labels else found


def _project(settings: Gitops, name: str, outputs: Sequence[Output]) -> Tree:
    own = [output for output in outputs if wording(settings.project, "project", output) == name]
    places = {tuple(_destination(settings, output).items()) for output in own}
    sources = {_repository(settings, output) for output in own}
    return {
        "apiVersion": _API,
        "kind": "AppProject",
        "metadata": _metadata(settings, name),
        "spec": {
            "sourceRepos": sorted(sources),
            "destinations": [{**dict(place), "namespace": "*"} for place in sorted(places)],
            "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
        },
    }


def _application(settings: Gitops, output: Output) -> Tree:
    return {
        "apiVersion": _API,
        "kind": "Application",
        "metadata": _metadata(settings, name_of(output), labels_of(output)),
        "spec": _spec(settings, output),
    }


def _spec(settings: Gitops, output: Output) -> Tree:
    policy: Tree = {"syncOptions": ["ServerSideApply=true"]}
    if settings.automated:
        policy = {"automated": {"prune": True, "selfHeal": True}, **policy}
    return {
        "project": wording(settings.project, "project", output),
        "source": _source(settings, output),
        "destination": _destination(settings, output),
        "syncPolicy": policy,
    }


def _repository(settings: Gitops, output: Output) -> str:
    return image_of(settings, output)[0] if settings.oci else settings.repository


def _source(settings: Gitops, output: Output) -> Tree:
    if settings.oci:
        image, tag = image_of(settings, output)
        return {"repoURL": image, "targetRevision": tag, "path": "."}
    return {
        "repoURL": settings.repository,
        "targetRevision": settings.revision,
        "path": path_of(settings, output),
        "directory": {"recurse": True},  # the layout `resource` has folders
    }


def _destination(settings: Gitops, output: Output) -> Tree:
    said = settings.destinations.get(output.cluster, output.cluster) or _HERE
    return {"server": said} if "://" in said else {"name": said}


def _set(settings: Gitops, word: str, outputs: Sequence[Output]) -> Tree:
    """Return the set of an app: a list of its outputs, and a template whose words they fill in."""
    elements = list(_elements(settings, outputs))
    if len({tuple(_destination(settings, output)) for output in outputs}) > 1:
        raise LoadError(
            f"the clusters of {word} are named in two ways: in [tool.kpy.gitops.destinations], give all of them a "
            "name, or all of them a URL"
        )
    spec = _spec(settings, outputs[0])
    spec["project"] = "{{.project}}"
    spec["source"] = {
        key: f"{{{{.{key}}}}}" if isinstance(value, str) else value for key, value in spec["source"].items()
    }
    spec["destination"] = dict.fromkeys(spec["destination"], "{{.destination}}")
    labels = {key: f"{{{{.{key.rpartition('/')[2].replace('-', '')}}}}}" for key in labels_of(outputs[0])}
    return {
        "apiVersion": _API,
        "kind": "ApplicationSet",
        "metadata": _metadata(settings, name_of(outputs[0]._replace(environment="", cluster=""))),
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"list": {"elements": elements}}],
            "template": {"metadata": {"name": "{{.name}}", "labels": labels}, "spec": spec},
        },
    }


def _elements(settings: Gitops, outputs: Sequence[Output]) -> Iterator[Tree]:
    for output in outputs:
        spec = _spec(settings, output)
        source = {key: value for key, value in spec["source"].items() if isinstance(value, str)}
        labels = {key.rpartition("/")[2].replace("-", ""): value for key, value in labels_of(output).items()}
        [place] = spec["destination"].values()
        yield {"name": name_of(output), "project": spec["project"], **source, "destination": place, **labels}
