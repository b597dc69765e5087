"""Amounts of resources: which names they have, and what the containers of a pod want together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from kpy.objects import Tree
from kpy.rules.pods.parts import is_sidecar
from kpy.syntax.formats import qualified_name_fault
from kpy.units import Quantity, is_quantity

__all__ = [
    "Amount",
    "Amounts",
    "RawAmounts",
    "amounts",
    "container_resource_fault",
    "huge_page_size",
    "is_extended",
    "is_huge_pages",
    "is_native",
    "pod_amounts",
    "resource_name_fault",
    "thousandths",
    "units",
]

#: An amount as a document has it, or a sum of such.
Amount = str | int | float | Quantity
#: Quantities by the name of the resource.
Amounts = dict[str, Quantity]
#: The same as a document has it.
RawAmounts = Mapping[str, Amount]

#: Amounts above it are not told apart: as whole numbers, `1e9999999` and its like would take minutes.
_MOST = Decimal("1E+300")

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_COUNTED = ("services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims")
_STANDARD = {
    *_COMPUTE,
    *(f"requests.{name}" for name in (*_COMPUTE, "storage")),
    *(f"limits.{name}" for name in _COMPUTE),
    "pods",
    *_COUNTED,
    "storage",
    "services.nodeports",
    "services.loadbalancers",
}


@lru_cache(4096)
def thousandths(amount: Amount) -> int:
    """Return an amount as a server reads it: in thousandths, rounded up."""
    return _bounded(amount).ceil(-3)


def units(amount: Amount) -> int:
    """Return an amount in units, rounded up."""
    return _bounded(amount).ceil()


def _bounded(amount: Amount) -> Quantity:
    quantity = Quantity(amount)
    return Quantity(_MOST.copy_sign(quantity.value)) if quantity.value.copy_abs() > _MOST else quantity


def amounts(values: RawAmounts) -> Amounts:
    """Return amounts as a server reads them: rounded up to thousandths."""
    return {name: _rounded(amount) for name, amount in values.items()}


def resource_name_fault(name: str) -> str | None:
    """Check the name of any resource: a standard one, or one with a domain."""
    if name in _COMPUTE:
        return None
    if fault := qualified_name_fault(name):
        return fault
    huge = name.startswith(("hugepages-", "requests.hugepages-"))
    if "/" not in name and name not in _STANDARD and not huge:
        return "is neither a standard resource nor does it have a domain, as in `example.com/name`"
    return None


def container_resource_fault(name: str) -> str | None:
    """Check the name of a resource that containers can ask for."""
    if fault := resource_name_fault(name):
        return fault
    if "/" not in name and name not in ("cpu", "memory", "ephemeral-storage") and not is_huge_pages(name):
        return "is not a resource of containers"
    if "/" in name and not is_native(name) and not is_extended(name):
        return 'must have a domain that is not too long and does not begin with "requests."'
    return None


def is_huge_pages(name: str) -> bool:
    """Return whether the resource is huge pages of some size, such as `hugepages-2Mi`."""
    return name.startswith("hugepages-")


def huge_page_size(name: str) -> Quantity | None:
    """Return the size of huge pages that the name of their resource says, or nothing when it says none."""
    text = name.removeprefix("hugepages-")
    size = Quantity(text) if is_quantity(text) else None
    return size if size is not None and size > 0 and thousandths(size) % 1000 == 0 else None


def is_native(name: str) -> bool:
    """Return whether the resource is one of Kubernetes itself."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Return whether the resource is of somebody else: it has a domain, and room for a prefix before it."""
    return not is_native(name) and not name.startswith("requests.") and not qualified_name_fault(f"requests.{name}")


def pod_amounts(spec: Tree, side: str, *, implied: bool) -> Amounts:
    """Return the requests or limits of a pod's containers together.

    Init containers run one after the other, beside the sidecars that have started before them; then all containers run
    beside all sidecars. With `implied`, a missing request is the container's limit.
    """
    together: Amounts = {}
    for container in spec.get("containers", ()):
        _add(together, _of_container(container, side, implied=implied))
    beside: Amounts = {}
    most: Amounts = {}
    for container in spec.get("initContainers", ()):
        wanted = _of_container(container, side, implied=implied)
        if is_sidecar(container):
            _add(together, wanted)
            _add(beside, wanted)
            _raise(most, beside)
        else:
            _add(wanted, beside)
            _raise(most, wanted)
    _raise(together, most)
    return together


def _of_container(container: Tree, side: str, *, implied: bool) -> Amounts:
    resources = container.get("resources", {})
    own = dict(resources.get("limits", {})) if implied and side == "requests" else {}
    return amounts(own | resources.get(side, {}))


def _rounded(amount: Amount) -> Quantity:
    exact = Quantity(amount)
    rounded = Decimal(thousandths(amount)).scaleb(-3)
    return exact if exact == rounded else Quantity(rounded)


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total[name] + amount if name in total else amount


def _raise(total: Amounts, others: Amounts) -> None:
    for name, amount in others.items():
        total[name] = max(total[name], amount) if name in total else amount
