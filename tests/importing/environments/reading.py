"""What tests of environments share: objects to modules, proved."""

from __future__ import annotations

import copy
from textwrap import dedent
from typing import Any

import yaml

from kpy.documents import read_documents
from kpy.importing import ImportedEnvironments, environments_to_source

__all__ = ["WEB", "body", "config", "imported", "table", "variables", "web"]

WEB = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web:1}]}
    """


def config(name: str, **data: str) -> dict[str, Any]:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    return made if data else {key: value for key, value in made.items() if key != "data"}


def web(**container: Any) -> dict[str, Any]:
    """Return a workload whose container says something more."""
    made = copy.deepcopy(yaml.safe_load(dedent(WEB)))
    made["spec"]["template"]["spec"]["containers"][0] |= container
    return made  # type: ignore[no-any-return]


def imported(**environments: Any) -> ImportedEnvironments:
    """Return the module of environments: objects, or texts with comments."""
    sources = {name: {"-": dedent(each)} for name, each in environments.items() if isinstance(each, str)}
    documents = {
        name: read_documents(dedent(each), "-").documents if isinstance(each, str) else each
        for name, each in environments.items()
    }
    made = environments_to_source(documents, sources=sources)
    assert made.differences == ()
    return made


def body(made: ImportedEnvironments) -> str:
    """Return what makes the objects."""
    return dedent(
        made.text.partition('    chart = app.add(Chart("app"))\n')[2].removesuffix("    return app\n")
    ).strip()


def table(made: ImportedEnvironments) -> list[str]:
    """Return the fields of the table."""
    fields = made.text.partition('differs between the environments."""\n\n')[2].partition("\n\n\n")[0]
    return [line.strip() for line in fields.splitlines()]


def variables(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": "x"}
        if name.isupper()
        else {"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": name}}}
        for name in names
    ]
