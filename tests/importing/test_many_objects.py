"""Twice as many objects are twice the work, whatever they have in common: counted by calls, since times differ."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from kpy.importing import to_source

LONG = "a-name-that-is-so-long-that-what-it-names-needs-a-line-of-its-own-and-so-a-variable"


def pods(number: int, *, name: str, image: str, secret: str) -> list[dict[str, Any]]:
    made = []
    for at in range(number):
        container = {
            "name": "web",
            "image": image.format(at // 3),
            "envFrom": [{"secretRef": {"name": secret.format(at)}}],
        }
        metadata = {"name": name.format(at), "namespace": f"ns-{at}"}
        made.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}})
        made.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "1"}})
    return made


def of_one_name(number: int) -> list[dict[str, Any]]:
    return pods(number, name="web", image="web:1", secret="db")


def with_constants(number: int) -> list[dict[str, Any]]:
    return pods(number, name="web-{}", image="web:{}", secret="db")


def with_long_names(number: int) -> list[dict[str, Any]]:
    return pods(number, name="web-{}", image="web:1", secret=f"{LONG}-{{}}")


def calls(objects: list[dict[str, Any]]) -> int:
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        to_source(objects)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", [of_one_name, with_constants, with_long_names])
def test_work_grows_with_the_number_of_objects(shape: Callable[[int], list[dict[str, Any]]]) -> None:
    to_source(shape(3))  # what is made once

    assert calls(shape(240)) < 2.2 * calls(shape(120))
