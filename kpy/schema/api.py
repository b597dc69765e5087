"""The API of one release, and which releases have what."""

from __future__ import annotations

import json
from functools import cache, cached_property
from typing import NamedTuple

from kpy.errors import UsageError
from kpy.schema.pool import NEWEST, RELEASES, pool
from kpy.schema.types import Type

__all__ = ["Api", "Kind", "api", "releases_with_field", "releases_with_kind", "releases_with_type"]


class Kind(NamedTuple):
    """A kind of object that people create."""

    api_version: str
    kind: str
    #: The name of its type, such as `apps/v1 Deployment`.
    type: str
    plural: str
    namespaced: bool
    #: Whether a server serves it with no setting; alpha and newer beta versions must be switched on.
    on_by_default: bool
    short_names: tuple[str, ...]

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version within the group."""
        return self.api_version.rpartition("/")[2]


class Api:
    """The API of one minor release."""

    def __init__(self, release: str) -> None:
        #: The minor release: `1.33`.
        self.release = release
        self._bit = 1 << RELEASES.index(release)
        self._types: dict[str, Type | None] = {}
        self._kinds: dict[tuple[str, str], Kind | None] = {}
        self._of_cluster: dict[tuple[str, str], bool] = {}

    def type(self, name: str) -> Type | None:
        """Return the type of that name, or nothing when this release has none."""
        try:
            return self._types[name]
        except KeyError:
            found = self._types[name] = self._parse(name)
            return found

    def kind(self, api_version: str, kind: str) -> Kind | None:
        """Return the kind, or nothing when this release has none."""
        try:
            return self._kinds[api_version, kind]
        except KeyError:
            found = _kind(f"{api_version} {kind}")
            if found is not None and not releases_with_type(found.type) & self._bit:
                found = None
            self._kinds[api_version, kind] = found
            return found

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """All kinds of this release."""
        found = (_kind(name) for name in pool().kinds)
        return tuple(kind for kind in found if kind and releases_with_type(kind.type) & self._bit)

    def is_of_cluster(self, group: str, kind: str) -> bool:
        """Return whether a kind, in whatever version, is of the whole cluster; not for kinds that are not known."""
        try:
            return self._of_cluster[group, kind]
        except KeyError:
            names = (name for name in pool().kinds if name.endswith(f" {kind}"))
            found = (self.kind(*name.split(" ")) for name in names)
            answer = any(not known.namespaced for known in found if known is not None and known.group == group)
            self._of_cluster[group, kind] = answer
            return answer

    @property
    def groups(self) -> frozenset[str]:
        """The built-in groups, of all releases; every other group belongs to custom resources."""
        return _groups()

    def _parse(self, name: str) -> Type | None:
        for mask, text in pool().definitions.get(name, ()):
            if mask & self._bit:
                return Type(name, json.loads(text))
        return None


def api(release: str | None = None) -> Api:
    """Return the API of a minor release (`1.33`), or of the newest that kpy knows.

    Raises `UsageError` for a release that kpy does not know.
    """
    if release is not None and not isinstance(release, str):
        raise UsageError(f'Kubernetes release {release!r} must be text: write "{release}"')
    return _api(release or NEWEST)


@cache
def _api(release: str) -> Api:
    if release not in RELEASES:
        raise UsageError(
            f"Kubernetes release {release!r} is not known; "
            f"expected one of {RELEASES[0]} to {NEWEST}, such as {NEWEST!r}"
        )
    return Api(release)


@cache
def _kind(name: str) -> Kind | None:
    said = pool().kinds.get(name)
    if said is None:
        return None
    api_version, _, kind = name.partition(" ")
    type_name, plural, namespaced, on_by_default, short_names = said
    return Kind(api_version, kind, type_name, plural, namespaced, on_by_default, tuple(short_names))


@cache
def _groups() -> frozenset[str]:
    return frozenset(name.partition(" ")[0].rpartition("/")[0] for name in pool().kinds)


@cache
def releases_with_type(name: str) -> int:
    """Return a mask: bit n is set when the n-th of `RELEASES` has the type."""
    mask = 0
    for releases, _ in pool().definitions.get(name, ()):
        mask |= releases
    return mask


def releases_with_kind(api_version: str, kind: str) -> int:
    """Return a mask: bit n is set when the n-th of `RELEASES` has the kind."""
    found = _kind(f"{api_version} {kind}")
    return 0 if found is None else releases_with_type(found.type)


@cache
def releases_with_field(type_name: str, field: str) -> int:
    """Return a mask: bit n is set when the n-th of `RELEASES` has the field in that type."""
    mask = 0
    for releases, text in pool().definitions.get(type_name, ()):
        if field in json.loads(text)["fields"]:
            mask |= releases
    return mask
