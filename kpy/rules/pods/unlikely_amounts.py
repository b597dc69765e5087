"""Amounts without their unit: 512 bytes of memory, 100 cores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path

_RESOURCES: Final = (
    "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes"
)
#: What is counted in bytes, and the unit that people leave out.
_BYTES: Final[Mapping[str, str]] = {"memory": "Mi", "ephemeral-storage": "Mi", "storage": "Gi"}
#: Fewer bytes are no memory for a process, and no volume.
_FEWEST: Final = 1 << 20
#: The cores of which people mean thousandths: round numbers, from here on.
_CORES: Final = 100
_ROUND: Final = 50


@rule(
    "amount-without-unit",
    on=("core/v1 ResourceRequirements", "core/v1 VolumeResourceRequirements"),
    source=_RESOURCES,
    severity="warning",
    needs=("limits", "requests"),
)
def amount_without_unit(resources: Tree, at: Path, check: Check) -> None:
    """An amount has no unit, and is surely not meant in bytes, or in whole cores: `memory: 512`, `cpu: 100`."""
    for side in ("limits", "requests"):
        for name, amount in resources.get(side, {}).items():
            number = _plain(amount)
            place = (at + side).key(name)
            if name in _BYTES and 0 < number < _FEWEST:
                unit = _BYTES[name]
                check.report(place, f"{amount} of {name} is {amount} bytes", fix=f'write "{amount}{unit}"')
            elif name == "cpu" and number >= _CORES and number % _ROUND == 0:
                fix = f'write "{amount}m" for thousandths of a core'
                check.report(place, f"{amount} of cpu is {amount} cores", fix=fix)


def _plain(amount: object) -> int:
    """Return a whole number without a unit; 0 for all else."""
    if isinstance(amount, int):
        return amount
    text = str(amount)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
