"""Resource requests and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

from kpy.api.core.v1 import ResourceClaim, ResourceRequirements
from kpy.errors import ArgumentError
from kpy.model.fields import Accepts, accepts, field
from kpy.model.mappings import as_model, models_of
from kpy.model.model import Model
from kpy.model.typing import JsonObject, QuantityInput
from kpy.tree.off import Off

__all__ = ["Resources", "ResourcesInput", "to_resources"]

#: One amount for request and limit, or a pair of them; `None` leaves a side out.
Amounts = QuantityInput | tuple[QuantityInput | None, QuantityInput | None]
ResourcesInput = Union["Resources", ResourceRequirements, JsonObject]


class Resources(Model):
    """What a container asks for and may use, resource by resource.

        Resources(cpu=("250m", "1"), memory="256Mi")     # request and limit; the same for both
        Resources(cpu=("100m", None))                    # a request without a limit

    https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """

    cpu: Amounts | None = None
    """Cores: `"250m"`, `1`, `"1.5"`."""
    memory: Amounts | None = None
    """Bytes: `"256Mi"`."""
    ephemeral_storage: Amounts | None = None
    """Bytes of local scratch space."""
    extended: Mapping[str, Amounts] = field(factory=dict)
    """Resources by their own name, such as `{"nvidia.com/gpu": 1}` or `{"hugepages-2Mi": "64Mi"}`."""
    claims: Accepts[Sequence[ResourceClaim | JsonObject] | None, list[ResourceClaim] | None] = accepts(
        models_of("core/v1 ResourceClaim"), default=None
    )
    """Resource claims of the pod that the container uses."""

    def to_requirements(self) -> ResourceRequirements:
        """Return the same as the API's own type."""
        amounts: dict[str, Amounts | None] = {
            "cpu": self.cpu,
            "memory": self.memory,
            "ephemeral-storage": self.ephemeral_storage,
            **self.extended,
        }
        requests: dict[str, QuantityInput] = {}
        limits: dict[str, QuantityInput] = {}
        for name, amount in amounts.items():
            request, limit = _pair(name, amount)
            if request is not None:
                requests[name] = request
            if limit is not None:
                limits[name] = limit
        made = ResourceRequirements(
            requests=requests or None,
            limits=limits or None,
            claims=self.claims,
        )
        made.__dict__["_where"] = self.__dict__["_where"]
        return made


def _pair(name: str, amount: Amounts | None) -> tuple[QuantityInput | None, QuantityInput | None]:
    if not isinstance(amount, tuple):
        return amount, amount
    if len(amount) != 2:
        raise ArgumentError(f"{name}={amount!r}: expected one amount, or a pair `(request, limit)`")
    return amount


def to_resources(said: ResourcesInput | Off | None) -> ResourceRequirements | Off | None:
    """Return the requests and limits as the API's own type."""
    if isinstance(said, Resources):
        return said.to_requirements()
    if not isinstance(said, Mapping):
        return said
    short = [name for name in ("cpu", "memory") if name in said]
    if short:
        raise ArgumentError(
            f'a mapping has the names of the API, `{{"requests": {{"{short[0]}": ...}}, "limits": {{...}}}}`; '
            f"the short form is `Resources({short[0]}=...)`"
        )
    return as_model(ResourceRequirements, said)
