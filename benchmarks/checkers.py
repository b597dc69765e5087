"""Others that check: the published schemas, for jsonschema in Python and for kubeconform in Go."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from benchmarks.processes import BENCH
from kpy.schema import NEWEST
from tools.codegen.published import definitions

__all__ = ["SCHEMA", "install_kubeconform", "kubeconform", "schema_of_deployment"]

SCHEMA = BENCH / "schemas" / "deployment-apps-v1.json"
_MODULE = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"


def schema_of_deployment() -> dict[str, Any]:
    """Return the newest published schema of a Deployment with all that it refers to, closed against unknown fields."""
    known = definitions(NEWEST)
    for found in known.values():
        if "properties" in found:
            found.setdefault("additionalProperties", False)
    text = json.dumps({**known["io.k8s.api.apps.v1.Deployment"], "definitions": known})
    return json.loads(text.replace("#/$defs/", "#/definitions/"))  # type: ignore[no-any-return]


def install_kubeconform() -> None:
    """Build kubeconform where there is Go, with the schema that it is to use."""
    if go := shutil.which("go"):
        subprocess.run(["env", f"GOBIN={BENCH}", go, "install", _MODULE], check=True)
        SCHEMA.parent.mkdir(parents=True, exist_ok=True)
        SCHEMA.write_text(json.dumps(schema_of_deployment()))


def kubeconform() -> list[str]:
    """Return the command that checks a file; nothing where it is not installed."""
    program = BENCH / "kubeconform"
    if not program.exists():
        return []
    return [str(program), "-strict", f"-schema-location={SCHEMA.parent}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"]
