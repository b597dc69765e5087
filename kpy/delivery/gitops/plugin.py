"""The plug-in by which Argo CD runs `kpy synth` itself: the file that its sidecar reads.

https://argo-cd.readthedocs.io/en/stable/operator-manual/config-management-plugins/
"""

from __future__ import annotations

from typing import Final

from kpy.delivery.gitops.common import Tree
from kpy.delivery.gitops.sources import PLUGIN

__all__ = ["to_plugin"]

#: Where no line speaks of kpy nothing is printed, which says that the plug-in is for something else.
_DISCOVER: Final = "grep -s '^\\[tool\\.kpy' pyproject.toml || true"
#: Parameters are variables `PARAM_...`, and variables of an Application `ARGOCD_ENV_...`. All stand in quotes, and no
#: value can be an option, so that whoever may write an Application can say no more than that.
_GENERATE: Final = """\
set -eu
env="${PARAM_ENV:-${ARGOCD_ENV_KPY_ENV:-}}"
cluster="${PARAM_CLUSTER:-${ARGOCD_ENV_KPY_CLUSTER:-}}"
app="${PARAM_APP:-${ARGOCD_ENV_KPY_APP:-}}"
set -- --output=-
[ -z "$env" ] || set -- "$@" "--env=$env"
[ -z "$cluster" ] || set -- "$@" "--cluster=$cluster"
i=0
while eval "[ -n \\"\\${PARAM_SET_$i+x}\\" ]"; do
  eval "set -- \\"\\$@\\" \\"--set=\\$PARAM_SET_$i\\""
  i=$((i + 1))
done
[ -z "$app" ] || set -- "$@" -- "$app"
exec kpy synth "$@"
"""
_PARAMETERS: Final = {
    "app": "The app, a file or a name; the one of the project if it is not given",
    "env": "The environment: one of those in [tool.kpy.environments]",
    "cluster": "The cluster: one of those in [tool.kpy.clusters]",
}


def to_plugin() -> list[Tree]:
    """Return the file of the plug-in, which looks like an object and is none."""
    announced: list[Tree] = [{"name": name, "title": title} for name, title in _PARAMETERS.items()]
    announced.append(
        {"name": "set", "title": "Parameters of the app, each as KEY=VALUE", "collectionType": "array"},
    )
    return [
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ConfigManagementPlugin",
            "metadata": {"name": PLUGIN},
            "spec": {
                "discover": {"find": {"command": ["sh", "-c", _DISCOVER]}},
                "generate": {"command": ["sh", "-c", _GENERATE]},
                "parameters": {"static": announced},
            },
        }
    ]
