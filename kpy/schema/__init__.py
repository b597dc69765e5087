"""The Kubernetes API as data: every kind, type and field of every minor release from 1.25 on.

    container = api("1.33").type("core/v1 Container")
    container.fields["ports"].type        # 'core/v1 ContainerPort'
    api().kind("apps/v1", "Deployment")   # plural, scope, type

Types are named as in `k8s.io/api`: folder of the group, version, Go type (`core/v1 PodSpec`, `meta/v1 ObjectMeta`).
"""

from kpy.schema.api import Api, Kind, api, releases_with_field, releases_with_kind, releases_with_type
from kpy.schema.pool import MEASURED, NEWEST, RELEASES
from kpy.schema.types import Field, Shape, Type

__all__ = [
    "MEASURED",
    "NEWEST",
    "RELEASES",
    "Api",
    "Field",
    "Kind",
    "Shape",
    "Type",
    "api",
    "releases_with_field",
    "releases_with_kind",
    "releases_with_type",
]
