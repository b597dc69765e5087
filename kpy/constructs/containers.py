"""Containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from kpy.constructs.fields.container import ContainerFields
from kpy.constructs.security import ContainerSecurity, to_container_security
from kpy.constructs.volumes import Devices, Mounts, MountsInput
from kpy.model.fields import Accepts, accepts, field
from kpy.model.model import Model
from kpy.tree.off import Off
from kpy.tree.security import SecurityLevel

if TYPE_CHECKING:
    from kpy.constructs.env import EnvInput, EnvValue

__all__ = ["Container"]


class Container(ContainerFields, Model):
    """A container of a pod, with every field of the API and short forms for the common ones.

        Container(
            image="ghcr.io/shop/api:v2",
            ports={"http": 8080},
            env={"LOG_LEVEL": "info", "LIVES": config["NUM_LIVES"]},
            mounts={"/var/lib/uploads": data},
            liveness_probe=Probe.http("/healthz", port="http"),
            resources=Resources(cpu=("250m", "1"), memory="256Mi"),
        )

    Without a `name` (`Container("api", image=...)`) it takes its workload's, when it is the only container.

    https://kubernetes.io/docs/concepts/workloads/pods/
    """

    _type: ClassVar[str] = "core/v1 Container"

    name: str | None = field(default=None, kw_only=False)
    """The name; if not given, that of the workload, for its only container."""
    mounts: Accepts[MountsInput | None, Mounts | None] = accepts(Mounts, default=None)
    """Paths in the container to what is mounted there; the volume follows by itself."""
    security: Accepts[SecurityLevel | Off | None, ContainerSecurity | None] = accepts(
        to_container_security, default=None
    )
    """The Pod Security Standard that this container shall meet, where it is not that of its pod; `OFF` for none."""
    devices: Accepts[MountsInput | None, Devices | None] = accepts(Devices, default=None)
    """Device paths in the container to block volumes; the volume follows by itself."""

    def set_env(self, variables: EnvInput | None = None, /, **more: EnvValue | None) -> Self:
        """Set variables, by a mapping or by keywords, and return the container; `None` removes one.

            container.set_env(LOG_LEVEL="debug", PASSWORD=secret["password"])

        Those that are there keep their place, and new ones come behind.
        """
        from kpy.constructs.env import set_variables

        self.__dict__["env"] = set_variables(self.env, variables, more)
        return self
