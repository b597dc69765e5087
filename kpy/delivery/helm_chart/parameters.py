"""The parameters of an app's function, as far as they are values of a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kpy.redaction.fields import is_sensitive_name

__all__ = ["NO_DEFAULT", "Parameter", "Parameters"]


class _NoDefault:
    """What stands for a default that there is not."""


NO_DEFAULT: Final = _NoDefault()


class Parameter(NamedTuple):
    """A parameter that becomes a value of the chart."""

    name: str
    annotation: Any
    #: The default as plain data; `NO_DEFAULT` where there is none.
    default: Any
    #: What the docstring says of it.
    description: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether its value must not be shown."""
        return is_sensitive_name(self.name)

    @property
    def is_required(self) -> bool:
        """Whether whoever installs the chart has to say it."""
        return self.default is NO_DEFAULT or self.is_secret


class Parameters(NamedTuple):
    """What becomes of the parameters of a function."""

    #: Those that become values.
    values: tuple[Parameter, ...]
    #: Those that stay as they are, with what they are set to; as plain data.
    constants: Mapping[str, Any]
    #: Those that can be no values, with the reason.
    others: Mapping[str, str]
