"""Small objects to compare."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]


def deployment(**container: object) -> Tree:
    spec = {"containers": [{"name": "web", "image": "nginx:1.29", **container}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def config(**data: str) -> Tree:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": data}


def secret(**data: str) -> Tree:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "data": data}


def claim(**spec: object) -> Tree:
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": spec}


def stateful(**spec: object) -> Tree:
    spec = {"volumeClaimTemplates": [{"metadata": {"name": "data"}}], **spec}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec}
