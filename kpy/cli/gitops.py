"""`kpy gitops argocd|flux`: the objects by which Argo CD or Flux run what `kpy synth --all` has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.apps import project_for
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product
from kpy.errors import UsageError

if TYPE_CHECKING:
    from kpy.project import Project
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["run"]

_ENGINES = ("argocd", "flux")


def run(given: Given) -> int:
    """Write the objects for all outputs that are chosen."""
    engine = given.text("engine")
    if engine not in _ENGINES:
        said = f"{engine} is none of the engines" if engine else "it takes an engine"
        raise MisuseError(f"kpy gitops: {said}: kpy gitops argocd, or kpy gitops flux")
    _refuse_contradictions(given, engine)
    if given.has("plugin"):
        return _write_plugin()
    project = project_for(None)
    outputs = _outputs(given, project)
    settings = project.settings.gitops
    if settings is None:
        raise MisuseError(
            f"nothing says where {engine} finds the files: add [tool.kpy.gitops] to pyproject.toml, with "
            'repository = "https://github.com/acme/infra.git"'
        )
    from kpy.delivery.dependencies import dependencies_of

    _refuse_overlaps(settings, project.outputs(), engine)
    with Product() as product:
        dependencies = dependencies_of(project, project.outputs(), outputs)
        if engine == "argocd":
            from kpy.delivery.gitops.argocd import By, to_argocd

            by: By = "app" if given.has("sets") else "place" if given.has("steps") else "output"
            trees = to_argocd(settings, outputs, dependencies, by=by)
        else:
            from kpy.delivery.gitops.flux import to_flux

            trees = to_flux(settings, outputs, project.name or "kpy", dependencies)
        from kpy.output.emit import to_yaml

        product.write(to_yaml(trees))
    return 0


def _refuse_overlaps(settings: Gitops, outputs: list[Output], engine: str) -> None:
    """Refuse outputs that are one image, or are in one folder, where that matters."""
    from kpy.delivery.gitops.common import refuse_equal_images
    from kpy.delivery.gitops.sources import refuse_shared_places

    if settings.oci:
        refuse_equal_images(settings, outputs)
    elif engine == "flux" or settings.hydrate or not settings.plugin:
        refuse_shared_places(settings, outputs)


def _write_plugin() -> int:
    from kpy.delivery.gitops.plugin import to_plugin
    from kpy.output.emit import to_yaml

    with Product() as product:
        product.write(to_yaml(to_plugin()))
    return 0


def _refuse_contradictions(given: Given, engine: str) -> None:
    for name, what in (("sets", "ApplicationSets"), ("steps", "ApplicationSets"), ("plugin", "plug-ins")):
        if given.has(name) and engine != "argocd":
            raise MisuseError(f"--{name} is about Argo CD, which has {what}: kpy gitops argocd --{name}")
    for name in ("sets", "steps", "where"):
        if given.has("plugin") and given.values.get(name):
            raise MisuseError(f"--plugin writes the file of the plug-in, in which no output is: leave --{name} out")
    if given.has("sets") and given.has("steps"):
        raise MisuseError("--sets writes a set for each app, and --steps one for each environment and cluster: choose")


def _outputs(given: Given, project: Project) -> list[Output]:
    from kpy.project.workspace import matching

    outputs = project.outputs()
    unplaced = next((each for each in outputs if not each.folder), None)
    if unplaced is not None:
        raise MisuseError(
            f"nothing says where the output {unplaced} is written: add to [tool.kpy] "
            'output = "rendered/{env}/{app}"'
        )
    try:
        return matching(outputs, given.texts("where"))
    except UsageError as error:
        raise MisuseError(f"--where {error}") from None
