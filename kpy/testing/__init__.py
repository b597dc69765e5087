"""What tests of infrastructure are made of.

With pytest nothing has to be set up; the fixtures `synth` and `manifest_snapshot` are there:

    def test_shop(synth, manifest_snapshot):
        manifest = synth("shop.py")

        assert manifest == manifest_snapshot
        assert_contains(manifest, {"kind": "Deployment", "spec": {"replicas": 2}})

All names are loaded when they are first used, so that pytest starts as fast as without kpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpy.testing.assertions import assert_contains as assert_contains
    from kpy.testing.assertions import assert_diagnostic as assert_diagnostic
    from kpy.testing.assertions import assert_valid as assert_valid
    from kpy.testing.matching import Miss as Miss
    from kpy.testing.matching import absent as absent
    from kpy.testing.matching import any_value as any_value
    from kpy.testing.matching import exactly as exactly
    from kpy.testing.matching import misses as misses
    from kpy.testing.selection import selects as selects
    from kpy.testing.targets import manifest_of as manifest_of
    from kpy.testing.targets import report_of as report_of

_HOMES = {
    "Miss": "matching",
    "absent": "matching",
    "any_value": "matching",
    "assert_contains": "assertions",
    "assert_diagnostic": "assertions",
    "assert_valid": "assertions",
    "exactly": "matching",
    "manifest_of": "targets",
    "misses": "matching",
    "report_of": "targets",
    "selects": "selection",
}

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]  # the same names as above; a test holds both equal


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'kpy.testing' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"kpy.testing.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
