"""OCI image layouts: read back, the same bytes for the same objects, and taken by a real registry."""

import gzip
import io
import json
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy.cli.main import run
from kpy.output.oci import to_oci_layout

APP = """\
from kpy import App, Chart, ConfigMap, Secret


def app(env: str = "dev") -> App:
    app = App("shop")
    chart = app.add(Chart("web", namespace=f"shop-{env}"))
    chart.add(ConfigMap.from_literals("web", {"a": "b"}))
    chart.add(Secret.from_literals("db", {"password": "hunter2hunter2"}))
    return app
"""


def layer_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return what is in the image of a layout, as a reader of OCI layouts finds it."""

    def blob(entry: dict[str, str]) -> bytes:
        kind, _, digest = entry["digest"].partition(":")
        content = files[f"blobs/{kind}/{digest}"]
        assert (kind, digest, entry["size"]) == ("sha256", sha256(content).hexdigest(), len(content))
        return content

    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    [entry] = json.loads(files["index.json"])["manifests"]
    manifest = json.loads(blob(entry))
    assert blob(manifest["config"]) == b"{}"
    assert manifest["config"]["mediaType"] == "application/vnd.cncf.flux.config.v1+json"
    [layer] = manifest["layers"]
    assert layer["mediaType"] == "application/vnd.cncf.flux.content.v1.tar+gzip"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob(layer)))) as archive:
        found = {}
        for member in archive:
            assert (member.mtime, member.uid, member.gid, member.uname) == (0, 0, 0, "")
            stream = archive.extractfile(member)
            assert stream is not None
            found[member.name] = stream.read()
    return found


@given(st.dictionaries(st.from_regex(r"[a-z]{1,9}(/[a-z]{1,9})?\.yaml", fullmatch=True), st.binary(max_size=50)))
def test_files_come_back_and_bytes_are_always_the_same(files: dict[str, bytes]) -> None:
    made = to_oci_layout(files, tag="prod", title="shop")

    assert layer_of(made) == files
    assert to_oci_layout(dict(reversed(files.items())), tag="prod", title="shop") == made


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with an app."""
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(APP)


@pytest.mark.usefixtures("in_folder")
def test_layout_is_written_and_kept_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["synth", "shop.py", "--format", "oci", "-o", "shop.oci"]
    assert run(words) == 0
    assert run([*words, "--check"]) == 0

    def files() -> dict[str, bytes]:
        found = {str(path.relative_to("shop.oci")): path for path in Path("shop.oci").rglob("*") if path.is_file()}
        return {name: path.read_bytes() for name, path in found.items() if name != ".kpy-files"}

    first = files()
    assert set(layer_of(first)) == {"web.yaml"}
    assert "namespace: shop-dev" in layer_of(first)["web.yaml"].decode()
    assert Path("shop.oci/index.json").stat().st_mode & 0o077 == 0  # a Secret is in it

    assert run([*words, "--set", "env=prod", "--kustomization"]) == 0
    assert set(layer_of(files())) == {"web.yaml", "kustomization.yaml"}
    assert len(files()) == len(first)  # blobs that nothing needs any more are gone
    assert run([*words, "--check"]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("in_folder")
def test_layout_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["synth", "shop.py", "--format", "oci"]) == 2
    assert capsys.readouterr().err == "error: --format oci is a folder, an OCI image layout: add -o DIR\n"


def test_layout_never_takes_the_place_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.kpy]\napp = "shop.py"\n[tool.kpy.environments.dev]\noutput = "deploy"\n')
    Path("shop.py").write_text("from kpy import App\n\napp = App('shop')\n")

    assert run(["synth", "--env", "dev", "--format", "oci"]) == 2
    assert capsys.readouterr().err == (
        "error: --format oci would replace the files in the folder that the settings name: add -o DIR\n"
    )


@pytest.mark.usefixtures("in_folder")
def test_kustomization_names_all_files() -> None:
    assert run(["synth", "shop.py", "-o", "out", "--kustomization", "--layout", "resource"]) == 0

    assert Path("out/kustomization.yaml").read_text() == (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
        "- web/configmap-shop-dev-web.yaml\n- web/secret-shop-dev-db.yaml\n"
    )
    assert run(["synth", "shop.py", "-o", "out", "--kustomization", "--layout", "resource", "--check"]) == 0


@pytest.mark.usefixtures("in_folder")
def test_chart_of_the_name_of_the_kustomization_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.py").write_text(APP.replace('Chart("web"', 'Chart("kustomization"'))

    assert run(["synth", "shop.py", "-o", "out", "--kustomization"]) != 0
    assert "has the name of the kustomization: give it another name" in capsys.readouterr().err


@pytest.mark.usefixtures("in_folder")
def test_kustomize_builds_what_synth_writes() -> None:
    from tools.programs import cached

    kustomize = cached("kustomize")
    if kustomize is None:
        pytest.skip("there is no kustomize here: python tools/programs.py kustomize")
    run(["synth", "shop.py", "-o", "out", "--kustomization"])

    done = subprocess.run([kustomize, "build", "out"], capture_output=True, text=True, check=True)
    import kpy

    synthesised = subprocess.run(
        [sys.executable, "-m", "kpy", "synth", "shop.py"], capture_output=True, text=True, check=True
    )
    from kpy.documents import read_documents

    def trees(text: str) -> list[object]:
        return sorted((document.tree for document in read_documents(text).documents), key=str)

    assert kpy.validate(trees(done.stdout)).ok  # type: ignore[arg-type]
    assert trees(done.stdout) == trees(synthesised.stdout)


@pytest.mark.usefixtures("in_folder")
def test_registry_takes_the_layout() -> None:
    from tools.programs import cached

    crane = cached("crane")
    if crane is None:
        pytest.skip("there is no crane here: python tools/programs.py crane")
    run(["synth", "shop.py", "--format", "oci", "-o", "shop.oci"])
    with subprocess.Popen(
        [crane, "registry", "serve", "--address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    ) as registry:
        try:
            assert registry.stderr is not None
            address = registry.stderr.readline().split()[-1]
            image = f"127.0.0.1:{address.rpartition(':')[2]}/shop:v1"
            subprocess.run([crane, "push", "shop.oci", image], check=True, capture_output=True)
            done = subprocess.run([crane, "manifest", image], check=True, capture_output=True)
            [entry] = json.loads(Path("shop.oci/index.json").read_text())["manifests"]
            assert f"sha256:{sha256(done.stdout).hexdigest()}" == entry["digest"]
            layer = json.loads(done.stdout)["layers"][0]["digest"]
            blob = subprocess.run(
                [crane, "blob", f"{image.removesuffix(':v1')}@{layer}"], check=True, capture_output=True
            )
            with tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob.stdout))) as archive:
                assert archive.getnames() == ["web.yaml"]
        finally:
            registry.kill()
