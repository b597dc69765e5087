"""Definitions of Argo CD and Flux, as their Go modules have them; Go's proxy serves them, and its sums are checked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

__all__ = ["ARGOCD", "FLUX", "definitions"]

Module = tuple[str, str, str]

#: The module, its version, and the folder with the definitions.
ARGOCD: Module = ("github.com/argoproj/argo-cd/v3", "v3.5.0", "manifests/crds")
FLUX: tuple[Module, ...] = (
    ("github.com/fluxcd/kustomize-controller", "v1.7.2", "config/crd/bases"),
    ("github.com/fluxcd/source-controller", "v1.7.0", "config/crd/bases"),
)


def definitions(module: Module) -> list[Path]:
    """Return the files with the definitions of a module; skips the test where they cannot be had."""
    name, version, folder = module
    go = shutil.which("go")
    if go is None:
        pytest.skip(f"NOT RUN: the definitions of {name} come with its Go module, and there is no `go` on PATH")
    done = subprocess.run(
        [go, "mod", "download", "-json", f"{name}@{version}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=mod"},
        cwd="/",
    )
    found = json.loads(done.stdout or "{}").get("Dir")
    if not found:
        pytest.skip(f"NOT RUN: {name}@{version} cannot be downloaded: {done.stdout}{done.stderr}")
    return sorted(path for path in Path(found, folder).glob("*.yaml") if path.name != "kustomization.yaml")
