"""Typed Python in, checked Kubernetes YAML out.

    from kpy import App, Chart, Container, Deployment

    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    chart.add(Deployment("web", containers=[Container(image="nginx:1.29", ports={"http": 80})]))
    print(app.synth().to_yaml())

All names are loaded when they are first used, so `import kpy` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpy.checking.policies import policy as policy
    from kpy.checking.policies import policy_on_all as policy_on_all
    from kpy.constructs.access import ClusterRole as ClusterRole
    from kpy.constructs.access import ClusterRoleBinding as ClusterRoleBinding
    from kpy.constructs.access import Grant as Grant
    from kpy.constructs.access import Role as Role
    from kpy.constructs.access import RoleBinding as RoleBinding
    from kpy.constructs.access import ServiceAccount as ServiceAccount
    from kpy.constructs.autoscaling import HorizontalPodAutoscaler as HorizontalPodAutoscaler
    from kpy.constructs.autoscaling import PodDisruptionBudget as PodDisruptionBudget
    from kpy.constructs.claims import Claim as Claim
    from kpy.constructs.claims import PersistentVolumeClaim as PersistentVolumeClaim
    from kpy.constructs.classes import IngressClass as IngressClass
    from kpy.constructs.classes import PriorityClass as PriorityClass
    from kpy.constructs.classes import RuntimeClass as RuntimeClass
    from kpy.constructs.classes import StorageClass as StorageClass
    from kpy.constructs.config import ConfigMap as ConfigMap
    from kpy.constructs.containers import Container as Container
    from kpy.constructs.included.helm import Helm as Helm
    from kpy.constructs.included.kustomize import Kustomize as Kustomize
    from kpy.constructs.included.yaml_files import Yaml as Yaml
    from kpy.constructs.ingresses import Ingress as Ingress
    from kpy.constructs.jobs import CronJob as CronJob
    from kpy.constructs.jobs import Job as Job
    from kpy.constructs.metrics import Metric as Metric
    from kpy.constructs.metrics import ScalingRules as ScalingRules
    from kpy.constructs.namespaces import Namespace as Namespace
    from kpy.constructs.network_policies import NetworkPolicy as NetworkPolicy
    from kpy.constructs.persistent_volumes import PersistentVolume as PersistentVolume
    from kpy.constructs.pods import Pod as Pod
    from kpy.constructs.probes import Handler as Handler
    from kpy.constructs.probes import Probe as Probe
    from kpy.constructs.quotas import LimitRange as LimitRange
    from kpy.constructs.quotas import ResourceQuota as ResourceQuota
    from kpy.constructs.raw import Raw as Raw
    from kpy.constructs.secrets import Secret as Secret
    from kpy.constructs.selectors import DoesNotExist as DoesNotExist
    from kpy.constructs.selectors import Exists as Exists
    from kpy.constructs.selectors import In as In
    from kpy.constructs.selectors import NotIn as NotIn
    from kpy.constructs.services import Service as Service
    from kpy.constructs.subjects import Group as Group
    from kpy.constructs.subjects import User as User
    from kpy.constructs.traffic import Traffic as Traffic
    from kpy.constructs.volumes import Mount as Mount
    from kpy.constructs.volumes import Volume as Volume
    from kpy.constructs.workloads import DaemonSet as DaemonSet
    from kpy.constructs.workloads import Deployment as Deployment
    from kpy.constructs.workloads import ReplicaSet as ReplicaSet
    from kpy.constructs.workloads import StatefulSet as StatefulSet
    from kpy.diagnostics import Diagnostic as Diagnostic
    from kpy.diagnostics import Report as Report
    from kpy.errors import ArgumentError as ArgumentError
    from kpy.errors import EmitError as EmitError
    from kpy.errors import FrozenError as FrozenError
    from kpy.errors import KpyError as KpyError
    from kpy.errors import LoadError as LoadError
    from kpy.errors import SynthError as SynthError
    from kpy.errors import UnitError as UnitError
    from kpy.errors import UsageError as UsageError
    from kpy.errors import WriteError as WriteError
    from kpy.loading.other import OtherApp as OtherApp
    from kpy.manifest import Manifest as Manifest
    from kpy.manifest import Resource as Resource
    from kpy.model.fields import Accepts as Accepts
    from kpy.model.fields import accepts as accepts
    from kpy.model.fields import field as field
    from kpy.project.project import Project as Project
    from kpy.tree.app import App as App
    from kpy.tree.chart import Chart as Chart
    from kpy.tree.construct import Construct as Construct
    from kpy.tree.context import Context as Context
    from kpy.tree.defaults import Defaults as Defaults
    from kpy.tree.off import OFF as OFF
    from kpy.tree.resources import Resources as Resources
    from kpy.tree.transforms import transform as transform
    from kpy.units import Quantity as Quantity
    from kpy.validation import validate as validate

#: Where each public name lives.
_HOMES = {
    "kpy.constructs.traffic": ("Traffic",),
    "kpy.constructs.access": ("ClusterRole", "ClusterRoleBinding", "Grant", "Role", "RoleBinding", "ServiceAccount"),
    "kpy.constructs.subjects": ("Group", "User"),
    "kpy.constructs.autoscaling": ("HorizontalPodAutoscaler", "PodDisruptionBudget"),
    "kpy.constructs.quotas": ("LimitRange", "ResourceQuota"),
    "kpy.constructs.classes": ("IngressClass", "PriorityClass", "RuntimeClass", "StorageClass"),
    "kpy.constructs.persistent_volumes": ("PersistentVolume",),
    "kpy.validation": ("validate",),
    "kpy.checking.policies": ("policy", "policy_on_all"),
    "kpy.constructs.claims": ("Claim", "PersistentVolumeClaim"),
    "kpy.constructs.config": ("ConfigMap",),
    "kpy.constructs.containers": ("Container",),
    "kpy.constructs.ingresses": ("Ingress",),
    "kpy.constructs.jobs": ("CronJob", "Job"),
    "kpy.constructs.metrics": ("Metric", "ScalingRules"),
    "kpy.constructs.namespaces": ("Namespace",),
    "kpy.constructs.network_policies": ("NetworkPolicy",),
    "kpy.constructs.pods": ("Pod",),
    "kpy.constructs.probes": ("Handler", "Probe"),
    "kpy.constructs.included.helm": ("Helm",),
    "kpy.constructs.included.kustomize": ("Kustomize",),
    "kpy.constructs.included.yaml_files": ("Yaml",),
    "kpy.constructs.raw": ("Raw",),
    "kpy.constructs.secrets": ("Secret",),
    "kpy.constructs.selectors": ("DoesNotExist", "Exists", "In", "NotIn"),
    "kpy.constructs.services": ("Service",),
    "kpy.constructs.volumes": ("Mount", "Volume"),
    "kpy.constructs.workloads": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
    "kpy.diagnostics": ("Diagnostic", "Report"),
    "kpy.errors": (
        "ArgumentError",
        "EmitError",
        "FrozenError",
        "KpyError",
        "LoadError",
        "SynthError",
        "UnitError",
        "UsageError",
        "WriteError",
    ),
    "kpy.loading.other": ("OtherApp",),
    "kpy.manifest": ("Manifest", "Resource"),
    "kpy.model.fields": ("Accepts", "accepts", "field"),
    "kpy.project.project": ("Project",),
    "kpy.tree.app": ("App",),
    "kpy.tree.chart": ("Chart",),
    "kpy.tree.construct": ("Construct",),
    "kpy.tree.context": ("Context",),
    "kpy.tree.defaults": ("Defaults",),
    "kpy.tree.off": ("OFF",),
    "kpy.tree.resources": ("Resources",),
    "kpy.tree.transforms": ("transform",),
    "kpy.units": ("Quantity",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "OFF",
    "Accepts",
    "App",
    "ArgumentError",
    "Chart",
    "Claim",
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "Construct",
    "Container",
    "Context",
    "CronJob",
    "DaemonSet",
    "Defaults",
    "Deployment",
    "Diagnostic",
    "DoesNotExist",
    "EmitError",
    "Exists",
    "FrozenError",
    "Grant",
    "Group",
    "Handler",
    "Helm",
    "HorizontalPodAutoscaler",
    "In",
    "Ingress",
    "IngressClass",
    "Job",
    "KpyError",
    "Kustomize",
    "LimitRange",
    "LoadError",
    "Manifest",
    "Metric",
    "Mount",
    "Namespace",
    "NetworkPolicy",
    "NotIn",
    "OtherApp",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "PriorityClass",
    "Probe",
    "Project",
    "Quantity",
    "Raw",
    "ReplicaSet",
    "Report",
    "Resource",
    "ResourceQuota",
    "Resources",
    "Role",
    "RoleBinding",
    "RuntimeClass",
    "ScalingRules",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
    "StorageClass",
    "SynthError",
    "Traffic",
    "UnitError",
    "UsageError",
    "User",
    "Volume",
    "WriteError",
    "Yaml",
    "accepts",
    "field",
    "policy",
    "policy_on_all",
    "transform",
    "validate",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise _unknown(name)
    from importlib import import_module

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def _unknown(name: str) -> Exception:
    """Return the error for a name that is not here: an `ImportError` that says where it is, for one that is known."""
    if not name.startswith("_"):
        from kpy.model.homes import UnknownNameError, name_hint
        from kpy.source import caller

        hint = name_hint(name)
        if hint:
            return UnknownNameError.at(caller(), f"kpy has no `{name}`: {hint}")
    return AttributeError(f"module 'kpy' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
