"""Applications, ApplicationSets and AppProjects of Argo CD.

https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from kpy.delivery.gitops.common import Tree, labels_of, name_of, wording
from kpy.delivery.gitops.sources import opened, repository_of, sources_of
from kpy.errors import LoadError
from kpy.graph.waves import WAVE

if TYPE_CHECKING:
    from kpy.delivery.dependencies import Dependencies
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["to_argocd"]

#: What Applications are written by: one by one, or in sets.
By = Literal["output", "app", "place"]

#: The label of the step in which an Application is rolled out.
_STEP: Final = "kpy.dev/step"
_API = "argoproj.io/v1alpha1"
#: The cluster that Argo CD itself runs in.
_HERE = "https://kubernetes.default.svc"


def to_argocd(settings: Gitops, outputs: Sequence[Output], dependencies: Dependencies, by: By = "output") -> list[Tree]:
    """Return the objects for outputs: projects first, then an Application for each output, or sets of them.

    There is a set for each app, or for each place, an environment and a cluster; the sets of places take their apps in
    steps. Raises `LoadError` where the sets of apps would have to wait for each other, which they cannot.
    """
    projects = [_project(settings, name, outputs) for name in sorted(_projects(settings, outputs))]
    if by == "output":
        return [*projects, *(_application(settings, output, dependencies.wave(output)) for output in outputs)]
    sets: dict[tuple[str, ...], list[Output]] = {}
    for output in outputs:
        key = (output.app.word,) if by == "app" else (output.environment, output.cluster)
        sets.setdefault(key, []).append(output)
    if by == "app":
        _refuse_order(outputs, dependencies)
        return [*projects, *(_set(settings, word, each, _name_of_app(each[0])) for (word,), each in sets.items())]
    return [*projects, *(_in_steps(settings, key, each, dependencies) for key, each in sets.items())]


def _refuse_order(outputs: Sequence[Output], dependencies: Dependencies) -> None:
    for output in outputs:
        if before := dependencies.before(output):
            raise LoadError(
                f"{output} comes after {before[0]}, and ApplicationSets of apps do not wait for each other: "
                "write one for each environment and cluster, which takes its apps in steps: "
                "kpy gitops argocd --steps"
            )


def _projects(settings: Gitops, outputs: Sequence[Output]) -> set[str]:
    """Return the projects that there must be; Argo CD brings `default` along."""
    return {wording(settings.project, "project", output) for output in outputs} - {"default"}


def _metadata(settings: Gitops, name: str, labels: Tree | None = None) -> Tree:
    found: Tree = {"name": name, "namespace": settings.namespace or "argocd"}
    return {**found, "labels": labels} if labels else found


def _project(settings: Gitops, name: str, outputs: Sequence[Output]) -> Tree:
    own = [output for output in outputs if wording(settings.project, "project", output) == name]
    places = {tuple(_destination(settings, output).items()) for output in own}
    sources = {repository_of(settings, output) for output in own}
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


def _application(settings: Gitops, output: Output, wave: int) -> Tree:
    metadata = _metadata(settings, name_of(output), labels_of(output))
    if wave:
        metadata["annotations"] = {WAVE: str(wave)}
    return {
        "apiVersion": _API,
        "kind": "Application",
        "metadata": metadata,
        "spec": _spec(settings, output),
    }


def _spec(settings: Gitops, output: Output) -> Tree:
    policy: Tree = {"syncOptions": ["ServerSideApply=true"]}
    if settings.automated:
        policy = {"automated": {"prune": True, "selfHeal": True}, **policy}
    return {
        "project": wording(settings.project, "project", output),
        **sources_of(settings, output),
        "destination": _destination(settings, output),
        "syncPolicy": policy,
    }


def _destination(settings: Gitops, output: Output) -> Tree:
    said = settings.destinations.get(output.cluster, output.cluster) or _HERE
    return {"server": said} if "://" in said else {"name": said}


def _name_of_app(output: Output) -> str:
    return name_of(output._replace(environment="", cluster=""))


def _in_steps(settings: Gitops, place: tuple[str, ...], outputs: Sequence[Output], dependencies: Dependencies) -> Tree:
    """Return the set of an environment and a cluster: each step waits until the apps of the step before are healthy.

    https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/
    """
    words = {str(output): str(dependencies.wave(output)) for output in outputs}
    made = _set(settings, " ".join(filter(None, place)), outputs, _name_of_place(outputs[0]), words)
    steps = [
        {"matchExpressions": [{"key": _STEP, "operator": "In", "values": [wave]}]}
        for wave in sorted(set(words.values()), key=int)
    ]
    made["spec"]["strategy"] = {"type": "RollingSync", "rollingSync": {"steps": steps}}
    return made


def _name_of_place(output: Output) -> str:
    return name_of(output._replace(app=output.app._replace(word="apps")))


def _set(
    settings: Gitops, title: str, outputs: Sequence[Output], name: str, steps: Mapping[str, str] | None = None
) -> Tree:
    """Return a set: a list of its outputs, and a template whose words they fill in.

    `steps` are the labels of the steps, by the names of outputs.
    """
    elements = list(_elements(settings, outputs, steps or {}))
    if len({tuple(_destination(settings, output)) for output in outputs}) > 1:
        raise LoadError(
            f"the clusters of {title} are named in two ways: in [tool.kpy.gitops.destinations], give all of them a "
            "name, or all of them a URL"
        )
    spec = _spec(settings, outputs[0])
    spec["project"] = "{{.project}}"
    spec |= opened(sources_of(settings, outputs[0]))[0]
    spec["destination"] = dict.fromkeys(spec["destination"], "{{.destination}}")
    keys = [*labels_of(outputs[0]), *([_STEP] if steps else [])]
    labels = {key: f"{{{{.{_word_of(key)}}}}}" for key in keys}
    return {
        "apiVersion": _API,
        "kind": "ApplicationSet",
        "metadata": _metadata(settings, name),
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"list": {"elements": elements}}],
            "template": {"metadata": {"name": "{{.name}}", "labels": labels}, "spec": spec},
        },
    }


def _word_of(label: str) -> str:
    """Return how a label is called in a template: without the prefix, as one word."""
    return label.rpartition("/")[2].replace("-", "")


def _elements(settings: Gitops, outputs: Sequence[Output], steps: Mapping[str, str]) -> Iterator[Tree]:
    for output in outputs:
        spec = _spec(settings, output)
        _, source = opened(sources_of(settings, output))
        labels = {_word_of(key): value for key, value in labels_of(output).items()}
        if str(output) in steps:
            labels[_word_of(_STEP)] = steps[str(output)]
        [place] = spec["destination"].values()
        yield {"name": name_of(output), "project": spec["project"], **source, "destination": place, **labels}
