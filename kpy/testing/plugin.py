"""The pytest plug-in: fixtures `synth` and `manifest_snapshot`, and the marker `kubernetes`.

pytest loads it wherever kpy is installed, so it imports nothing that a test does not use.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import pytest

from kpy.testing.places import Places, enter, leave, root

if TYPE_CHECKING:
    from kpy.manifest import Manifest
    from kpy.testing.snapshots import ManifestSnapshot
    from kpy.testing.targets import Target

__all__ = ["Synth"]

_PACKAGE = Path(__file__).resolve().parents[1]


class Synth(Protocol):
    """What the fixture `synth` gives."""

    def __call__(self, target: Target, *, kubernetes: str | None = None, environment: str | None = None) -> Manifest:
        """Return the manifest of an app, a chart, a construct, a function that makes one, or a file.

        A relative file is looked for in the root of the project, from wherever pytest was started. `environment` is
        one of the project, which gives the parameters of a file with an app.
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave kpy's own lines out of failures that say what is wrong with a test or an app; `--full-trace` shows them."""
    if call.excinfo is not None and not item.config.getoption("fulltrace"):
        from kpy.errors import KpyError

        if isinstance(call.excinfo.value, AssertionError | KpyError) and not _is_developed_here(item.config.rootpath):
            call.excinfo = _hide_own_lines(call.excinfo.value)
    return (yield)


def _is_developed_here(root: Path) -> bool:
    """Return whether kpy itself is what is tested."""
    return _PACKAGE.is_relative_to(root) and "site-packages" not in _PACKAGE.parts


def _hide_own_lines(error: BaseException) -> pytest.ExceptionInfo[BaseException]:
    """Return an error whose traceback has no lines of kpy's, and no error before it that only kpy knows of."""
    steps = []
    step = error.__traceback__
    while step is not None:
        steps += [] if _is_of_kpy(step) else [step]
        step = step.tb_next
    for kept in reversed(steps):
        step = TracebackType(step, kept.tb_frame, kept.tb_lasti, kept.tb_lineno)
    if step is not None:
        error.__traceback__ = step
    led_here = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if led_here is not None and _is_own(led_here):
        error.__cause__, error.__suppress_context__ = None, True
    return pytest.ExceptionInfo.from_exception(error)


def _is_of_kpy(step: TracebackType) -> bool:
    return Path(step.tb_frame.f_code.co_filename).is_relative_to(_PACKAGE)


def _is_own(error: BaseException) -> bool:
    """Return whether an error was raised and caught by kpy."""
    step = error.__traceback__
    while step is not None:
        if not _is_of_kpy(step):
            return False
        step = step.tb_next
    return True


@pytest.fixture
def kubernetes_release() -> str | None:
    """Return the Kubernetes release of the marker `kubernetes`; nothing without it."""
    return None


@pytest.fixture
def synth(kubernetes_release: str | None) -> Synth:
    """Return a function from an app, a chart, a construct, a function that makes one, or a file, to a manifest."""
    from kpy.testing.targets import manifest_of

    def synth(target: Target, *, kubernetes: str | None = None, environment: str | None = None) -> Manifest:
        release = kubernetes or kubernetes_release
        return manifest_of(target, kubernetes=release, folder=str(root()), environment=environment)

    return synth


@pytest.fixture
def manifest_snapshot(request: pytest.FixtureRequest) -> ManifestSnapshot:
    """Return what a manifest is compared with: plain YAML files, by default one a chart."""
    if not request.config.pluginmanager.has_plugin("syrupy"):
        raise pytest.UsageError("`manifest_snapshot` needs syrupy: pip install 'kpy-k8s[testing]'")
    from kpy.testing.snapshots import ManifestExtension, ManifestSnapshot, releases_of

    snapshot = request.getfixturevalue("snapshot").use_extension(ManifestExtension)
    return ManifestSnapshot(snapshot, releases=releases_of(request.node))
