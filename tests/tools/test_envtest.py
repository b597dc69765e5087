"""The program that finds or builds the servers of the cluster tests; nothing is built here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def run(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it on a machine without Go."""
    environment = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), **environment}
    return subprocess.run([sys.executable, BUILD], env=environment, capture_output=True, text=True)


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


def test_only_what_is_missing_is_built(assets: Path, tmp_path: Path) -> None:
    (assets / "kubectl").unlink()
    go = tmp_path / "go"
    go.write_text(f"#!{sys.executable}\n{FAKE_GO}")
    go.chmod(0o755)

    done = run(tmp_path, KUBEBUILDER_ASSETS=str(assets))

    folder = Path(done.stdout.strip())
    assert folder.is_relative_to(tmp_path / "cache")
    assert (folder / "etcd").readlink() == assets / "etcd"
    assert os.access(folder / "kubectl", os.X_OK)
    assert not (folder / "kubectl").is_symlink()
