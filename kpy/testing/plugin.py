"""The pytest plug-in: fixtures `synth` and `manifest_snapshot`, and the marker `kubernetes`.

pytest loads it wherever kpy is installed, so it imports nothing that a test does not use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from kpy.testing.places import Places, enter, leave, root

if TYPE_CHECKING:
    from kpy.manifest import Manifest
    from kpy.testing.snapshots import ManifestSnapshot
    from kpy.testing.targets import Target

__all__ = ["Synth"]


class Synth(Protocol):
    """What the fixture `synth` gives."""

    def __call__(self, target: Target, *, kubernetes: str | None = None) -> Manifest:
        """Return the manifest of an app, a chart, a construct, a function that makes one, or a file.

        A relative file is looked for in the root of the project, from wherever pytest was started.
        """
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting of the plug-in."""
    parser.addini("kpy_snapshots", "folder of manifest snapshots, from the root of the project", default="snapshots")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker and read the settings."""
    config.addinivalue_line("markers", "kubernetes(*releases): run the test once for each Kubernetes minor release")
    folders = frozenset(("tests", *config.getini("testpaths")))
    enter(Places(config.rootpath, config.rootpath / config.getini("kpy_snapshots"), folders))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Forget the settings."""
    leave()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the marker once for each release; without releases, for all that kpy knows."""
    marker = metafunc.definition.get_closest_marker("kubernetes")
    if marker is None:
        return
    if "kubernetes_release" not in metafunc.fixturenames:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: the marker `kubernetes` is for tests that use `synth`")
    from kpy.schema import RELEASES

    unknown = [release for release in marker.args if release not in RELEASES]
    if unknown:
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid}: Kubernetes {unknown[0]!r} is not known; expected a text from "
            f'"{RELEASES[0]}" to "{RELEASES[-1]}"'
        )
    metafunc.parametrize("kubernetes_release", marker.args or RELEASES)


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Say by meaning why a manifest differs from its snapshot."""
    for side in (left, right):
        if type(side).__module__ == "kpy.testing.snapshots" and op == "==":
            return ["the manifest is as in its snapshot", *getattr(side, "explanation", [])]
    return None


@pytest.fixture
def kubernetes_release() -> str | None:
    """Return the Kubernetes release of the marker `kubernetes`; nothing without it."""
    return None


@pytest.fixture
def synth(kubernetes_release: str | None) -> Synth:
    """Return a function from an app, a chart, a construct, a function that makes one, or a file, to a manifest."""
    from kpy.testing.targets import manifest_of

    def synth(target: Target, *, kubernetes: str | None = None) -> Manifest:
        return manifest_of(target, kubernetes=kubernetes or kubernetes_release, folder=str(root()))

    return synth


@pytest.fixture
def manifest_snapshot(request: pytest.FixtureRequest) -> ManifestSnapshot:
    """Return what a manifest is compared with: plain YAML files, by default one a chart."""
    if not request.config.pluginmanager.has_plugin("syrupy"):
        raise pytest.UsageError("`manifest_snapshot` needs syrupy: pip install 'kpy-k8s[testing]'")
    from kpy.testing.snapshots import ManifestExtension, ManifestSnapshot

    return ManifestSnapshot(request.getfixturevalue("snapshot").use_extension(ManifestExtension))
