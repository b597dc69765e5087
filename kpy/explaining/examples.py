"""The Python that says a field, in one line: `Deployment("api", min_ready_seconds=5)`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from kpy.explaining.facts import FieldFacts, facts_of_field
from kpy.explaining.lookup import Place, fields_of
from kpy.model.names import python_name
from kpy.schema import Field
from kpy.schema.constraints import Bounds, Format, OneOf, facts_of

__all__ = ["example_of"]

#: Where the keywords of a construct stand in its object, the outermost first, as the path of API names.
_HOMES: Final = (
    ("spec", "jobTemplate", "spec", "template", "spec"),
    ("spec", "jobTemplate", "spec"),
    ("spec", "template", "spec"),
    ("spec",),
    (),
)
#: What people write for a keyword of a construct, where that is shorter than the API's own form.
_SHORT: Final[Mapping[tuple[str, str], str]] = {
    ("apps/v1 DaemonSetSpec", "updateStrategy"): '"OnDelete"',
    ("apps/v1 DeploymentSpec", "strategy"): '"Recreate"',
    ("apps/v1 StatefulSetSpec", "updateStrategy"): '"OnDelete"',
    ("apps/v1 StatefulSetSpec", "volumeClaimTemplates"): '[Claim("data", storage="1Gi")]',
    ("core/v1 Container", "env"): '{"LOG_LEVEL": "info"}',
    ("core/v1 Container", "ports"): '{"http": 8080}',
    ("core/v1 Container", "resources"): 'Resources(cpu="250m", memory="256Mi")',
    ("core/v1 PodSpec", "containers"): '[Container(image="ghcr.io/shop/api:v2")]',
    ("core/v1 PodSpec", "initContainers"): '[Container("migrate", image="ghcr.io/shop/api:v2")]',
    ("core/v1 ServiceSpec", "ports"): '{"http": 80}',
}
#: What people write for fields of a name, wherever they are.
_BY_NAME: Final[Mapping[str, str]] = {
    "args": '["--verbose"]',
    "cidr": '"10.0.0.0/8"',
    "command": '["/app/serve"]',
    "expression": '"object.spec.replicas <= 5"',
    "host": '"shop.example.com"',
    "hostname": '"web"',
    "image": '"ghcr.io/shop/api:v2"',
    "ip": '"10.0.0.4"',
    "mountPath": '"/data"',
    "path": '"/healthz"',
    "port": "8080",
    "schedule": '"0 3 * * *"',
    "targetPort": '"http"',
    "timeZone": '"Europe/Paris"',
}
_BY_SHAPE: Final[Mapping[str, str]] = {
    "any": '{"key": "value"}',
    "boolean": "True",
    "bytes": '"aGVsbG8="',
    "int-or-string": '"25%"',
    "integer": "1",
    "micro-time": '"2026-01-01T00:00:00.000000Z"',
    "number": "1.5",
    "object": '{"key": "value"}',
    "quantity": '"1Gi"',
    "schema-or-boolean": "True",
    "schema-or-list": '{"type": "string"}',
    "schema-or-strings": '["key"]',
    "string": '"text"',
    "time": '"2026-01-01T00:00:00Z"',
}
_BY_FORM: Final[Mapping[str, str]] = {
    "DNS label": '"web"',
    "DNS subdomain": '"web"',
    "IP address": '"10.0.0.4"',
    "environment variable name": '"LOG_LEVEL"',
    "key of a ConfigMap": '"key"',
    "label key": '"example.com/team"',
    "port name": '"http"',
    "qualified name": '"example.com/team"',
}


def example_of(place: Place) -> str:
    """Return the Python that says what stands at a place: by its construct where there is one, else by its model."""
    import kpy

    name = place.root.name
    is_construct = name in kpy.__all__ and _is_of(getattr(kpy, name), place)
    return _by_construct(place) if is_construct else _by_model(place)


def _is_of(construct: Any, place: Place) -> bool:
    kind = place.root.kind
    if kind is None:
        return getattr(construct, "_type", "") == place.root.type
    return getattr(construct, "api_version", "") == kind.api_version


def _by_construct(place: Place) -> str:
    first = '"web"'
    steps = _below_home(place)
    if steps and steps[-1][1].name == "spec" and steps[-1] == steps[0]:
        steps = _first_keyword(place)
    if not steps or steps[0][1].name in ("apiVersion", "kind", "status"):
        return f"{place.root.name}({first})"
    owner, field = steps[0]
    if field.name == "metadata" and len(steps) > 1:
        return _metadata(place, steps)
    given = _SHORT.get((owner, field.name), "") if len(steps) == 1 else ""
    said = given or _nested(steps)
    given_first = [] if place.root.kind is None else [first]
    keyword = said if not given_first and field.name == "name" else f"{python_name(field.name)}={said}"
    return f"{place.root.name}({', '.join([*given_first, keyword])})"


def _first_keyword(place: Place) -> tuple[tuple[str, Field], ...]:
    """Return a field of the spec, whose fields are all keywords: a required one, or the first that is plain."""
    fields = fields_of(place.type)
    required = [field for field in fields.values() if facts_of_field(place.type, field.name).is_required]
    chosen = next(iter([*required, *(field for field in fields.values() if not field.type), *fields.values()]), None)
    return ((place.type, chosen),) if chosen is not None else ()


def _metadata(place: Place, steps: tuple[tuple[str, Field], ...]) -> str:
    """Return how a part of the metadata is said: some have a keyword of their own."""
    field = steps[1][1]
    if field.name == "name":
        return f'{place.root.name}("web")'
    is_of_cluster = place.root.kind is not None and not place.root.kind.namespaced
    if field.name == "namespace" and is_of_cluster:
        return f'{place.root.name}("web")'
    if field.name in _BY_METADATA and len(steps) == 2:
        said = _BY_METADATA[field.name]
        first = "" if field.name == "generateName" else '"web", '
        return f"{place.root.name}({first}{python_name(field.name)}={said})"
    return f'{place.root.name}("web", metadata={_nested(steps)})'


_BY_METADATA: Final[Mapping[str, str]] = {
    "annotations": '{"example.com/note": "text"}',
    "generateName": '"web-"',
    "labels": '{"team": "checkout"}',
    "namespace": '"shop"',
}


def _below_home(place: Place) -> tuple[tuple[str, Field], ...]:
    """Return the steps from the keyword on, without those that lead to where keywords stand."""
    names = tuple(field.name for _, field in place.steps)
    for home in _HOMES:
        if names[: len(home)] == home and len(names) > len(home) and not _is_taken(place, home):
            return place.steps[len(home) :]
    return place.steps


def _is_taken(place: Place, home: tuple[str, ...]) -> bool:
    """Tell whether a home further out has a field of the same name, to which the keyword then belongs."""
    name = place.steps[len(home)][1].name
    outer = [each for each in _HOMES if each and len(each) < len(home) and home[: len(each)] == each]
    return any(name in fields_of(place.steps[len(each) - 1][1].type or "") for each in outer)


def _nested(steps: tuple[tuple[str, Field], ...]) -> str:
    """Return the value of the first step, as mappings in the API's names down to the last."""
    (owner, field), *further = steps
    if not further:
        return _wrapped(field, _value(owner, field))
    inner = f'{{"{further[0][1].name}": {_nested(tuple(further))}}}'
    return _wrapped(field, inner)


def _wrapped(field: Field, value: str) -> str:
    match field.container:
        case "list":
            return value if value.startswith("[") else f"[{value}]"
        case "map":
            return f'{{"key": {value}}}'
        case "map-list":
            return f'{{"key": [{value}]}}'
    return value


def _by_model(place: Place) -> str:
    """Return the call of the model that has the last field, or of the type itself."""
    if not place.steps:
        return f"{_model(place.root.type)}()"
    owner, field = place.steps[-1]
    if field.name in ("apiVersion", "kind") and place.root.kind is not None:
        return f"{_model(place.root.type)}()"
    value = f"{_model(field.type)}()" if field.type else _value(owner, field)
    return f"{_model(owner)}({python_name(field.name)}={_wrapped(field, value)})"


def _model(type_name: str) -> str:
    module, _, name = type_name.partition(" ")
    return f"{module.replace('/', '_')}.{name}"


def _value(owner: str, field: Field) -> str:
    """Return a value that the field takes, one item of it where it is a list or a map."""
    facts = facts_of_field(owner, field.name)
    if field.type:
        return _of_struct(field.type)
    if chosen := _chosen(owner, facts):
        return chosen
    if field.name in _BY_NAME and field.shape in ("string", "integer", "int-or-string"):
        return _BY_NAME[field.name]
    if facts.names and facts.names != "*":
        return f'"{facts.names.lower()}"'
    return _BY_SHAPE[field.shape]


def _chosen(owner: str, facts: FieldFacts) -> str:
    """Return a value of a closed set that is not the default, or one within the bounds; nothing where all are fine."""
    rules = [fact for _, fact in facts_of(owner, facts.field.name)]
    values = [*facts.values, *(value for fact in rules if isinstance(fact, OneOf) for value in fact.values)]
    others = [value for value in values if json.dumps(value) != facts.default]
    if others:
        return json.dumps(others[0])
    for fact in rules:
        if isinstance(fact, Format):
            return _BY_FORM[fact.form]
        if isinstance(fact, Bounds) and fact.least is not None and facts.field.shape == "integer":
            return facts.default if facts.default.isdigit() else str(max(fact.least, 1))
    if facts.default.startswith("0o") or (facts.default.isdigit() and facts.field.shape == "integer"):
        return facts.default
    return ""


def _of_struct(type_name: str, depth: int = 0) -> str:
    """Return a mapping with one field of a struct, the first that is no struct itself, or is empty."""
    fields = fields_of(type_name)
    plain = [field for field in fields.values() if not field.type and field.name not in ("apiVersion", "kind")]
    required = [field for field in plain if facts_of_field(type_name, field.name).is_required]
    chosen = next(iter(required or plain), None)
    if chosen is not None:
        return f'{{"{chosen.name}": {_wrapped(chosen, _value(type_name, chosen))}}}'
    inner = next((field for field in fields.values() if field.type and field.name != "status"), None)
    if inner is None or depth > 3:
        return "{}"
    return f'{{"{inner.name}": {_wrapped(inner, _of_struct(str(inner.type), depth + 1))}}}'
