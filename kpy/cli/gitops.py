"""`kpy gitops argocd|flux`: the objects by which Argo CD or Flux run what `kpy synth --all` has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.apps import project_for
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product
from kpy.errors import UsageError

if TYPE_CHECKING:
    from kpy.project import Project
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
    project = project_for(None)
    outputs = _outputs(given, project)
    settings = project.settings.gitops
    if settings is None:
        raise MisuseError(
            f"nothing says where {engine} finds the files: add [tool.kpy.gitops] to pyproject.toml, with "
            'repository = "https://github.com/acme/infra.git"'
        )
    from kpy.delivery.dependencies import dependencies_of

    if settings.oci:
        from kpy.delivery.gitops.common import refuse_equal_images

        refuse_equal_images(settings, project.outputs())
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


def _refuse_contradictions(given: Given, engine: str) -> None:
    for name in ("sets", "steps"):
        if given.has(name) and engine != "argocd":
            raise MisuseError(f"--{name} is about Argo CD, which has ApplicationSets: kpy gitops argocd --{name}")
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
