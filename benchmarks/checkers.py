"""Others that check: the published schemas, for jsonschema in Python and for kubeconform in Go."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.processes import BENCH
from kpy.schema import NEWEST
from tools.codegen.published import definitions
from tools.programs import cached

__all__ = ["kubeconform", "schema_of_deployment"]

SCHEMAS = BENCH / "schemas"
#: The file of each kind that is checked, as kubeconform asks for it, and its definition.
_KINDS = {
    "configmap-v1": "io.k8s.api.core.v1.ConfigMap",
    "deployment-apps-v1": "io.k8s.api.apps.v1.Deployment",
    "service-v1": "io.k8s.api.core.v1.Service",
}


def schema_of_deployment() -> dict[str, Any]:
    """Return the newest published schema of a Deployment with all that it refers to, closed against unknown fields."""
    return _schema("io.k8s.api.apps.v1.Deployment")


def kubeconform() -> list[str]:
    """Return the command that checks files; nothing where kubeconform was not fetched."""
    program = cached("kubeconform")
    if program is None:
        return []
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for file, name in _KINDS.items():
        (SCHEMAS / f"{file}.json").write_text(json.dumps(_schema(name)))
    return [str(program), "-strict", f"-schema-location={SCHEMAS}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"]


def _schema(name: str) -> dict[str, Any]:
    known = definitions(NEWEST)
    for found in known.values():
        if "properties" in found:
            found.setdefault("additionalProperties", False)
    text = json.dumps({**known[name], "definitions": known})
    return json.loads(text.replace("#/$defs/", "#/definitions/"))  # type: ignore[no-any-return]
