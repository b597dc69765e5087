"""What tests of importing share: texts to source, proved."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

from kpy.documents import read_documents
from kpy.importing import Imported, to_source

POD = {"containers": [{"name": "web", "image": "nginx:1.29"}]}


def imported(text: str, **arguments: Any) -> Imported:
    documents = read_documents(dedent(text), "-").documents
    made = to_source(documents, sources={"-": dedent(text)}, **arguments)
    assert made.differences == ()
    return made


def body(text: str, **arguments: Any) -> str:
    """Return the code below the app."""
    return imported(text, **arguments).text.partition('app = App("app")\n')[2].lstrip("\n")


def documents(api_version: str, kind: str, **spec: Any) -> str:
    return json.dumps({"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, "spec": spec})


def workload(kind: str = "Deployment", pod: dict[str, Any] | None = None, **spec: Any) -> str:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": pod or POD}
    return documents("apps/v1", kind, selector={"matchLabels": labels}, template=template, **spec)
