"""The types that a library of constructs needs to annotate its own fields and functions.

    from kpy.typing import ContainerArguments, EnvInput, Off, PodOwner

    class WebService(Construct):
        env: EnvInput | None = None
        security: SecurityLevel | Off | None = None

`Off` is the type of `OFF`, `Part` and `Referable` are what can be added and what can be named, and each `...Input` is
what a field of that name accepts. `DeploymentArguments` and its like are the keywords of a kind, as a `TypedDict`, for
functions that pass them on, `def web(**rest: Unpack[DeploymentArguments])`; when a program runs, they are mappings.
`Path` and `Check` are what a policy gets beside its value; `Objects` and `SetCheck` are for one on all objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpy.checking.check import Check as Check
    from kpy.checking.object_set import Member as Member
    from kpy.checking.object_set import Objects as Objects
    from kpy.checking.object_set import See as See
    from kpy.checking.object_set import SetCheck as SetCheck
    from kpy.constructs.content import FileInput as FileInput
    from kpy.constructs.env import EnvFromInput as EnvFromInput
    from kpy.constructs.env import EnvInput as EnvInput
    from kpy.constructs.env import EnvValue as EnvValue
    from kpy.constructs.fields.cluster_role import ClusterRoleArguments as ClusterRoleArguments
    from kpy.constructs.fields.cluster_role_binding import ClusterRoleBindingArguments as ClusterRoleBindingArguments
    from kpy.constructs.fields.config_map import ConfigMapArguments as ConfigMapArguments
    from kpy.constructs.fields.container import ContainerArguments as ContainerArguments
    from kpy.constructs.fields.cron_job import CronJobArguments as CronJobArguments
    from kpy.constructs.fields.daemon_set import DaemonSetArguments as DaemonSetArguments
    from kpy.constructs.fields.deployment import DeploymentArguments as DeploymentArguments
    from kpy.constructs.fields.horizontal_pod_autoscaler import (
        HorizontalPodAutoscalerArguments as HorizontalPodAutoscalerArguments,
    )
    from kpy.constructs.fields.ingress import IngressArguments as IngressArguments
    from kpy.constructs.fields.ingress_class import IngressClassArguments as IngressClassArguments
    from kpy.constructs.fields.job import JobArguments as JobArguments
    from kpy.constructs.fields.limit_range import LimitRangeArguments as LimitRangeArguments
    from kpy.constructs.fields.namespace import NamespaceArguments as NamespaceArguments
    from kpy.constructs.fields.network_policy import NetworkPolicyArguments as NetworkPolicyArguments
    from kpy.constructs.fields.persistent_volume import PersistentVolumeArguments as PersistentVolumeArguments
    from kpy.constructs.fields.persistent_volume_claim import (
        PersistentVolumeClaimArguments as PersistentVolumeClaimArguments,
    )
    from kpy.constructs.fields.pod import PodArguments as PodArguments
    from kpy.constructs.fields.pod_disruption_budget import PodDisruptionBudgetArguments as PodDisruptionBudgetArguments
    from kpy.constructs.fields.priority_class import PriorityClassArguments as PriorityClassArguments
    from kpy.constructs.fields.replica_set import ReplicaSetArguments as ReplicaSetArguments
    from kpy.constructs.fields.resource_quota import ResourceQuotaArguments as ResourceQuotaArguments
    from kpy.constructs.fields.role import RoleArguments as RoleArguments
    from kpy.constructs.fields.role_binding import RoleBindingArguments as RoleBindingArguments
    from kpy.constructs.fields.runtime_class import RuntimeClassArguments as RuntimeClassArguments
    from kpy.constructs.fields.secret import SecretArguments as SecretArguments
    from kpy.constructs.fields.service import ServiceArguments as ServiceArguments
    from kpy.constructs.fields.service_account import ServiceAccountArguments as ServiceAccountArguments
    from kpy.constructs.fields.stateful_set import StatefulSetArguments as StatefulSetArguments
    from kpy.constructs.fields.storage_class import StorageClassArguments as StorageClassArguments
    from kpy.constructs.network_policies import PolicyPortsInput as PolicyPortsInput
    from kpy.constructs.object import Object as Object
    from kpy.constructs.object import ObjectArguments as ObjectArguments
    from kpy.constructs.pods import PodOwner as PodOwner
    from kpy.constructs.ports import PortsInput as PortsInput
    from kpy.constructs.routes import TlsInput as TlsInput
    from kpy.constructs.selectors import LabelsInput as LabelsInput
    from kpy.constructs.selectors import SelectorInput as SelectorInput
    from kpy.constructs.service_ports import ServicePortsInput as ServicePortsInput
    from kpy.constructs.subjects import RoleInput as RoleInput
    from kpy.constructs.subjects import SubjectInput as SubjectInput
    from kpy.constructs.volumes import Mountable as Mountable
    from kpy.constructs.volumes import MountsInput as MountsInput
    from kpy.constructs.workloads import Scalable as Scalable
    from kpy.constructs.workloads import Workload as Workload
    from kpy.model.lists import Several as Several
    from kpy.model.model import ApiObject as ApiObject
    from kpy.model.model import Model as Model
    from kpy.model.referable import Referable as Referable
    from kpy.model.referable import Selectable as Selectable
    from kpy.model.typing import Json as Json
    from kpy.model.typing import JsonObject as JsonObject
    from kpy.model.typing import Number as Number
    from kpy.model.typing import QuantityInput as QuantityInput
    from kpy.model.typing import Seconds as Seconds
    from kpy.model.typing import Time as Time
    from kpy.paths import Path as Path
    from kpy.tree.off import Off as Off
    from kpy.tree.part import Part as Part
    from kpy.tree.resources import ResourcesInput as ResourcesInput
    from kpy.tree.security import SecurityLevel as SecurityLevel
    from kpy.tree.transforms import Transform as Transform

#: Where each name lives; those of keywords are there for type checkers alone.
_HOMES = {
    "kpy.checking.check": ("Check",),
    "kpy.checking.object_set": ("Member", "Objects", "See", "SetCheck"),
    "kpy.constructs.content": ("FileInput",),
    "kpy.constructs.env": ("EnvFromInput", "EnvInput", "EnvValue"),
    "kpy.constructs.network_policies": ("PolicyPortsInput",),
    "kpy.constructs.object": ("Object",),
    "kpy.constructs.pods": ("PodOwner",),
    "kpy.constructs.ports": ("PortsInput",),
    "kpy.constructs.routes": ("TlsInput",),
    "kpy.constructs.selectors": ("LabelsInput", "SelectorInput"),
    "kpy.constructs.service_ports": ("ServicePortsInput",),
    "kpy.constructs.subjects": ("RoleInput", "SubjectInput"),
    "kpy.constructs.volumes": ("Mountable", "MountsInput"),
    "kpy.constructs.workloads": ("Scalable", "Workload"),
    "kpy.model.lists": ("Several",),
    "kpy.model.model": ("ApiObject", "Model"),
    "kpy.model.referable": ("Referable", "Selectable"),
    "kpy.model.typing": ("Json", "JsonObject", "Number", "QuantityInput", "Seconds", "Time"),
    "kpy.paths": ("Path",),
    "kpy.tree.off": ("Off",),
    "kpy.tree.part": ("Part",),
    "kpy.tree.resources": ("ResourcesInput",),
    "kpy.tree.security": ("SecurityLevel",),
    "kpy.tree.transforms": ("Transform",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ApiObject",
    "Check",
    "ClusterRoleArguments",
    "ClusterRoleBindingArguments",
    "ConfigMapArguments",
    "ContainerArguments",
    "CronJobArguments",
    "DaemonSetArguments",
    "DeploymentArguments",
    "EnvFromInput",
    "EnvInput",
    "EnvValue",
    "FileInput",
    "HorizontalPodAutoscalerArguments",
    "IngressArguments",
    "IngressClassArguments",
    "JobArguments",
    "Json",
    "JsonObject",
    "LabelsInput",
    "LimitRangeArguments",
    "Member",
    "Model",
    "Mountable",
    "MountsInput",
    "NamespaceArguments",
    "NetworkPolicyArguments",
    "Number",
    "Object",
    "ObjectArguments",
    "Objects",
    "Off",
    "Part",
    "Path",
    "PersistentVolumeArguments",
    "PersistentVolumeClaimArguments",
    "PodArguments",
    "PodDisruptionBudgetArguments",
    "PodOwner",
    "PolicyPortsInput",
    "PortsInput",
    "PriorityClassArguments",
    "QuantityInput",
    "Referable",
    "ReplicaSetArguments",
    "ResourceQuotaArguments",
    "ResourcesInput",
    "RoleArguments",
    "RoleBindingArguments",
    "RoleInput",
    "RuntimeClassArguments",
    "Scalable",
    "Seconds",
    "SecretArguments",
    "SecurityLevel",
    "See",
    "Selectable",
    "SelectorInput",
    "ServiceAccountArguments",
    "ServiceArguments",
    "ServicePortsInput",
    "SetCheck",
    "Several",
    "StatefulSetArguments",
    "StorageClassArguments",
    "SubjectInput",
    "Time",
    "TlsInput",
    "Transform",
    "Workload",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _HOME_OF:
        value: object = getattr(import_module(_HOME_OF[name]), name)
    elif name in __all__:
        from kpy.model.typing import JsonObject

        value = JsonObject
    else:
        raise AttributeError(f"module 'kpy.typing' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
