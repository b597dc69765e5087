"""The two spellings of a field: `hostIPC` in the API, `host_ipc` in Python.

A run of capitals with its plural s is one word (`clusterIPs` is `cluster_ips`), a Python keyword takes an underscore
(`from_`), and signs that Python does not allow in names are dropped (`$ref` is `ref`) or become underscores
(`x-kubernetes-validations` is `x_kubernetes_validations`).
"""

from __future__ import annotations

import re
from functools import cache
from keyword import iskeyword

__all__ = ["api_name", "python_name"]

#: The fields whose Python names do not follow the rule.
_EXCEPTIONS = {"openAPIV3Schema": "open_api_v3_schema"}
_WORD = re.compile(r"[A-Z]+s(?![a-z])|[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z0-9]+")


@cache
def python_name(name: str) -> str:
    """Return the Python name of an API field: `image_pull_policy` for `imagePullPolicy`."""
    if name in _EXCEPTIONS:
        return _EXCEPTIONS[name]
    snake = "_".join(_WORD.findall(name)).lower()
    return f"{snake}_" if iskeyword(snake) else snake


@cache
def api_name(name: str) -> str:
    """Return the API's name of a Python field, as far as a rule can tell: `imagePullPolicy` for `image_pull_policy`.

    `clusterIPs` and its like cannot be told from `cluster_ips`; classes list them in `_names`.
    """
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)
