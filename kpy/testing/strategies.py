"""Hypothesis strategies for what Kubernetes accepts: names, labels, quantities and simple objects.

@given(names(), labels())
def test_every_name_and_label_is_kept(name, labels): ...

@given(resources())
def test_every_object_is_valid(document):
    assert_valid([document])
"""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from kpy.testing.definitions import custom_resources

__all__ = [
    "config_maps",
    "custom_resources",
    "deployments",
    "images",
    "label_keys",
    "label_values",
    "labels",
    "names",
    "quantities",
    "resources",
    "secrets",
    "services",
    "subdomains",
]

_LOWER = string.ascii_lowercase + string.digits
_ANY = string.ascii_letters + string.digits
Strategy = st.SearchStrategy


def names(*, max_size: int = 63) -> Strategy[str]:
    """Return names that every kind takes: lower-case letters, digits and dashes, a letter first (RFC 1035 labels)."""
    return _words(string.ascii_lowercase, f"{_LOWER}-", _LOWER, max_size)


def subdomains(*, max_size: int = 253) -> Strategy[str]:
    """Return names with dots, which most kinds take (RFC 1123 subdomains)."""
    parts = _words(_LOWER, f"{_LOWER}-", _LOWER, 63)
    return st.lists(parts, min_size=1, max_size=4).map(".".join).filter(lambda name: len(name) <= max_size)


def label_keys() -> Strategy[str]:
    """Return keys of labels, with and without a prefix."""
    plain = _words(_ANY, f"{_ANY}-_.", _ANY, 63)
    return plain | st.builds("{}/{}".format, subdomains(), plain)


def label_values() -> Strategy[str]:
    """Return values of labels, the empty one too."""
    return st.just("") | _words(_ANY, f"{_ANY}-_.", _ANY, 63)


def labels(*, min_size: int = 0, max_size: int = 5) -> Strategy[dict[str, str]]:
    """Return labels."""
    return st.dictionaries(label_keys(), label_values(), min_size=min_size, max_size=max_size)


def quantities(*, min_value: int = 0, max_value: int = 2**40) -> Strategy[str]:
    """Return quantities from `min_value` to `max_value` units, written in all the ways that there are."""
    suffixes = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "e3": 10**3}
    fitting = {suffix: size for suffix, size in suffixes.items() if -(-min_value // size) <= max_value // size}

    def written(suffix: str) -> Strategy[str]:
        size = fitting[suffix]
        return st.integers(-(-min_value // size), max_value // size).map(lambda number: f"{number}{suffix}")

    thousandths = st.integers(min_value * 1000, max_value * 1000).map(lambda number: f"{number}m")
    return st.sampled_from(sorted(fitting)).flatmap(written) | thousandths


def images() -> Strategy[str]:
    """Return images with a tag."""
    numbers = st.integers(0, 99)
    return st.builds("{}:{}.{}".format, names(max_size=20), numbers, numbers)


def config_maps() -> Strategy[dict[str, Any]]:
    """Return ConfigMaps as documents."""
    values = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=50)
    return _objects("v1", "ConfigMap", data=st.dictionaries(_keys(), values, max_size=5))


def secrets() -> Strategy[dict[str, Any]]:
    """Return Secrets as documents."""
    from base64 import b64encode

    values = st.binary(max_size=50).map(lambda value: b64encode(value).decode())
    return _objects("v1", "Secret", data=st.dictionaries(_keys(), values, max_size=5))


def services() -> Strategy[dict[str, Any]]:
    """Return Services as documents."""
    ports = st.lists(st.integers(1, 65535), min_size=1, max_size=3, unique=True).map(
        lambda numbers: [{"name": f"port-{number}", "port": number} for number in numbers]
    )
    return _objects("v1", "Service", spec=st.fixed_dictionaries({"selector": labels(min_size=1), "ports": ports}))


def deployments() -> Strategy[dict[str, Any]]:
    """Return Deployments as documents, with one container and a selector of their own."""
    container = st.fixed_dictionaries(
        {"name": names(), "image": images()},
        optional={
            "resources": st.fixed_dictionaries({"requests": st.fixed_dictionaries({"cpu": quantities(max_value=64)})}),
            "args": st.lists(names(max_size=10), max_size=3),
        },
    )

    def spec(wanted: dict[str, str], container: dict[str, Any], replicas: int) -> dict[str, Any]:
        template = {"metadata": {"labels": wanted}, "spec": {"containers": [container]}}
        return {"replicas": replicas, "selector": {"matchLabels": wanted}, "template": template}

    specs = st.builds(spec, labels(min_size=1), container, st.integers(0, 10))
    return _objects("apps/v1", "Deployment", spec=specs)


def resources() -> Strategy[dict[str, Any]]:
    """Return simple valid objects of several kinds as documents."""
    return config_maps() | secrets() | services() | deployments()


def _objects(api_version: str, kind: str, **fields: Strategy[Any]) -> Strategy[dict[str, Any]]:
    metadata = st.fixed_dictionaries(
        {"name": names()}, optional={"namespace": names(), "labels": labels(), "annotations": labels()}
    )
    head = {"apiVersion": st.just(api_version), "kind": st.just(kind), "metadata": metadata}
    return st.fixed_dictionaries({**head, **fields})


def _keys() -> Strategy[str]:
    """Return keys of the data of a ConfigMap or Secret."""
    return _words(_ANY, f"{_ANY}-_.", f"{_ANY}-_", 63)


def _words(first: str, inside: str, last: str, max_size: int) -> Strategy[str]:
    """Return words of certain letters at the beginning, in the middle and at the end."""
    if max_size < 2:
        return st.sampled_from(first)
    middle = st.text(inside, max_size=max_size - 2)
    return st.sampled_from(first) | st.builds("{}{}{}".format, st.sampled_from(first), middle, st.sampled_from(last))
