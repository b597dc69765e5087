"""The program that finds or builds the servers of the cluster tests; nothing is built here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kpy.schema import MEASURED

BUILD = Path(__file__).parents[2] / "tools" / "envtest" / "build"
PROGRAMS = ["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"]
FAKE_GO = """
import sys
from pathlib import Path

if sys.argv[1] == "list":
    print("v1.36.3")
else:
    Path(sys.argv[sys.argv.index("-o") + 1]).touch(mode=0o755)
"""


def run(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it on a machine without Go."""
    environment = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), **environment}
    return subprocess.run([sys.executable, BUILD, *arguments], env=environment, capture_output=True, text=True)


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """Put a Go on PATH that builds empty programs at once."""
    go = tmp_path / "go"
    go.write_text(f"#!{sys.executable}\n{FAKE_GO}")
    go.chmod(0o755)
    return go


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """Return a folder with all four programs."""
    folder = tmp_path / "assets"
    folder.mkdir()
    for name in PROGRAMS:
        (folder / name).touch(mode=0o755)
    return folder


def test_complete_assets_are_used_as_they_are(assets: Path, tmp_path: Path) -> None:
    done = run(tmp_path, KUBEBUILDER_ASSETS=str(assets))

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{assets}\n", "")


def test_assets_without_controllers_are_used_where_nothing_can_be_built(assets: Path, tmp_path: Path) -> None:
    (assets / "kube-controller-manager").unlink()

    done = run(tmp_path, KUBEBUILDER_ASSETS=str(assets))

    assert (done.returncode, done.stdout) == (0, f"{assets}\n")
    assert done.stderr == f"envtest: {assets} lacks kube-controller-manager, and there is no `go` to build with\n"


def test_assets_without_a_server_are_an_error(assets: Path, tmp_path: Path) -> None:
    (assets / "etcd").unlink()

    done = run(tmp_path, KUBEBUILDER_ASSETS=str(assets))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"envtest: {assets} lacks etcd, and there is no `go` to build with\n"


def test_neither_assets_nor_go_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "envtest: KUBEBUILDER_ASSETS is not set, and there is no `go` to build with\n"


@pytest.mark.usefixtures("go")
def test_only_what_is_missing_is_built(assets: Path, tmp_path: Path) -> None:
    (assets / "kubectl").unlink()

    done = run(tmp_path, KUBEBUILDER_ASSETS=str(assets))

    folder = Path(done.stdout.strip())
    assert folder.is_relative_to(tmp_path / "cache")
    assert (folder / "etcd").readlink() == assets / "etcd"
    assert os.access(folder / "kubectl", os.X_OK)
    assert not (folder / "kubectl").is_symlink()


@pytest.mark.usefixtures("go")
def test_release_that_is_asked_for_is_built_whatever_assets_there_are(assets: Path, tmp_path: Path) -> None:
    folders = [run(tmp_path, release, KUBEBUILDER_ASSETS=str(assets)).stdout for release in ("1.34", "1.36", "1.34")]

    assert folders[0] == folders[2] != folders[1]
    assert sorted(path.name for path in Path(folders[0].strip()).iterdir() if path.name[0] != ".") == sorted(PROGRAMS)


def test_release_that_was_built_needs_no_go(go: Path, tmp_path: Path) -> None:
    built = run(tmp_path, "1.34").stdout
    go.unlink()

    assert run(tmp_path, "1.34").stdout == built
    done = run(tmp_path, "1.31")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "envtest: Kubernetes 1.31 was not built before, and there is no `go` to build with\n"


def test_tests_are_written_for_the_release_that_was_measured() -> None:
    assert f'RELEASE = "{MEASURED}"' in BUILD.read_text()


def test_release_that_is_not_pinned_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "1.2")

    assert done.returncode == 2
    assert "invalid choice: '1.2'" in done.stderr


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in BUILD.parent.glob("*/go.mod")), ids=lambda path: path.name
)
def test_pins_are_of_the_release_that_they_are_named_for(folder: Path) -> None:
    text = (folder / "go.mod").read_text()

    version = re.search(r"k8s.io/kubernetes v(\S+)", text)
    assert version is not None
    assert version[1].rpartition(".")[0] == folder.name
    staged = dict(re.findall(r"^\tk8s.io/(\S+) => k8s.io/\S+ v0\.(\S+)$", text, re.MULTILINE))
    assert {"api", "apiserver", "kubectl"} <= staged.keys()
    assert set(staged.values()) == {version[1].removeprefix("1.")}
