"""What generated fields accept, one name for each shape of value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol, TypeAlias

__all__ = ["Json", "JsonObject", "Number", "Plain", "QuantityInput", "Seconds", "Time"]


class Plain(Protocol):
    """A value that knows its own JSON, such as `kpy.units.Quantity`."""

    # Returns the value as JSON has it.
    def __kpy_plain__(self) -> str | int | float: ...


#: Free-form JSON: anything `json.dumps` takes, and models.
Json: TypeAlias = object
#: A free-form mapping.
JsonObject: TypeAlias = Mapping[str, object]
#: An amount of a resource: `"250m"`, `2`, `Decimal("0.5")`, `Quantity("1Gi")`.
QuantityInput: TypeAlias = str | int | Decimal | Plain
#: A moment: RFC 3339 text, or a `datetime` that knows its timezone.
Time: TypeAlias = str | datetime
#: A number of whole seconds, or a `timedelta`.
Seconds: TypeAlias = int | timedelta
#: A JSON number.
Number: TypeAlias = int | float | Decimal
