"""values.yaml: what the values of a chart are where nobody says anything, and what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kpy.output.emit import to_yaml
from kpy.redaction.fields import is_sensitive_name

if TYPE_CHECKING:
    from kpy.delivery.helm_chart.parameters import Parameter

__all__ = ["defaults_of", "in_place_of", "to_values_file"]


def defaults_of(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Return the values that values.yaml says: the defaults, but those of secrets and of what may be nothing."""
    return {
        each.name: _without_secrets(each.default)
        for each in parameters
        if not each.is_required and each.default is not None
    }


def in_place_of(defaults: Any, value: Any) -> Any:
    """Return what Helm has to be given for a value to be this one, and no mixture of it and a default.

    Helm merges tables key by key, and takes a key away that is null.
    """
    if not isinstance(value, Mapping) or not isinstance(defaults, Mapping):
        return value
    gone = {key: None for key in defaults if key not in value}
    return {**{key: in_place_of(defaults.get(key), each) for key, each in value.items()}, **gone}


def to_values_file(parameters: Iterable[Parameter], *, name: str) -> bytes:
    """Return the text of values.yaml."""
    lines = [f"# The values of the chart {name}, which kpy made; values.schema.json says what they may be."]
    for each in parameters:
        lines.append("")
        lines += [f"# {line}".rstrip() for line in each.description.splitlines()]
        defaults = defaults_of([each])
        if defaults:
            lines += to_yaml([defaults], keeps_order=True).rstrip("\n").split("\n")
        elif each.is_required:
            why = "a secret, which has no default" if each.is_secret else "it has no default"
            lines.append(f"# {each.name}:  # to be said by whoever installs the chart: {why}")
        else:
            lines.append(f"# {each.name}:  # nothing, unless it is said")
    return ("\n".join(lines) + "\n").encode()


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_secrets(each) for key, each in value.items() if not is_sensitive_name(key)}
    return value
