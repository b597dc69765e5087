"""Pages of the Kubernetes documentation."""

from __future__ import annotations

import re

from kpy.explaining.facts import newest_release_with
from kpy.explaining.lookup import Root
from kpy.schema import Kind

__all__ = ["page_of", "reference"]

_REFERENCE = "https://kubernetes.io/docs/reference/generated/kubernetes-api"


def reference(kind: Kind, release: str) -> str:
    """Return the page of the API reference that describes a kind, of a release that has it."""
    group = (kind.group or "core").replace(".", "-")
    return f"{_REFERENCE}/v{release}/#{kind.kind.lower()}-{kind.version}-{group}"


def page_of(root: Root) -> str:
    """Return the page about a kind or struct: of its topic, or else of the reference; empty where none is known."""
    import kpy

    if root.name in kpy.__all__:
        found = re.findall(r"https://kubernetes\.io/\S+[\w/]", getattr(kpy, root.name).__dict__["__doc__"].text or "")
        if found:
            return str(found[0])
    return reference(root.kind, newest_release_with(root.type)) if root.kind else ""
