"""Names that people import from `kpy` and that live elsewhere, or have another name."""

from __future__ import annotations

from kpy.errors import KpyError

__all__ = ["UnknownNameError", "home_of_type", "name_hint"]


class UnknownNameError(KpyError, ImportError):
    """A name was imported that `kpy` does not have, though something that is meant by it."""


#: Names that people know from elsewhere, and what they are here.
_NAMES = {
    "ApiObject": "objects given as they are, are `kpy.Raw`",
    "CRD": "its type is `kpy.api.apiextensions.v1.CustomResourceDefinition`",
    "Cpu": 'amounts are text: `Resources(cpu="250m")`',
    "Cron": 'a schedule is text or a `timedelta`: `CronJob("report", schedule="0 6 * * *")`',
    "Duration": "times are numbers of seconds or `datetime.timedelta`",
    "EnvFrom": "variables of a whole ConfigMap are `env_from=[config]`",
    "EnvValue": 'values are text, or keys: `env={"A": "text", "B": config["key"]}`',
    "EnvVariable": 'variables are a mapping: `env={"NAME": "value"}`',
    "HPA": "its name is `kpy.HorizontalPodAutoscaler`",
    "HttpIngressPathType": 'path types are text: `Ingress(..., path_type="Exact")`',
    "ImagePullPolicy": 'policies are text: `Container(..., image_pull_policy="Always")`',
    "Include": "manifests are added by `kpy.Yaml`",
    "JsonPatch": "`patch={...}` of every object changes anything, in the names of the API",
    "Lazy": "fields may be assigned until the app is synthesised",
    "Manifests": "manifests are added by `kpy.Yaml`",
    "Names": "names are text, and stay as they are written",
    "PDB": "its name is `kpy.PodDisruptionBudget`",
    "PVC": "its name is `kpy.Claim`, or `kpy.PersistentVolumeClaim`",
    "PersistentVolumeAccessMode": 'modes are text: `Claim(..., access_modes=["ReadWriteOnce"])`',
    "Protocol": 'protocols are text: `ports={"dns": "53/UDP"}`',
    "RestartPolicy": 'policies are text: `restart_policy="Never"`',
    "Selector": 'selectors are mappings: `selector={"app": "web", "tier": In("a", "b")}`',
    "ServiceType": 'types are text: `Service(..., type="NodePort")`',
    "Size": 'amounts are text: `storage="2Gi"`',
    "Testing": "the testing kit is `kpy.testing`",
    "Topology": 'topologies are text: `spread_across("zone")`',
    "Workload": "its kinds are `kpy.Deployment`, `kpy.StatefulSet`, `kpy.DaemonSet` and `kpy.Job`",
}


def name_hint(name: str) -> str:
    """Return where a name lives that `kpy` does not have, or what it is called; nothing where nobody knows."""
    if name in _NAMES:
        return _NAMES[name]
    module = home_of_type(name)
    return f"it is a type of the API: `from {module} import {name}`" if module else ""


def home_of_type(name: str) -> str:
    """Return the module of a type of the API, the stable one of the newest version; nothing when there is none."""
    from kpy.model.registry import module_name
    from kpy.schema.pool import pool

    homes = [each for each in pool().definitions if each.rpartition(" ")[2] == name]
    best = min(homes, key=_rank, default="")
    return module_name(best) if best else ""


def _rank(type_name: str) -> tuple[bool, bool, str]:
    version = type_name.partition(" ")[0].rpartition("/")[2]
    return "alpha" in version, "beta" in version, "" if type_name.startswith("core/") else type_name
