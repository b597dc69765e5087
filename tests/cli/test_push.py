"""`kpy push` and a real registry: what is there afterwards, and what is said where it refuses."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpy.documents import read_documents
from tests import registries
from tests.cli.conftest import Run

APP = """\
from kpy import *

def app(env: str = "dev") -> App:
    app = App("shop")
    app.add(Chart("web", namespace=f"shop-{env}")).add(ConfigMap.from_literals("web", {"a": "b"}))
    return app
"""
SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{cluster}/{env}/{app}"
[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
[tool.kpy.clusters.eu]
[tool.kpy.gitops]
oci = "oci://HOST/acme/{app}"
"""


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with an app, where nobody is logged in anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    Path("shop.py").write_text(APP)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """Serve a registry."""
    with registries.registry(tmp_path) as host:
        yield host


@pytest.fixture(params=["oras", "crane"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Have one program that sends images."""
    registries.only(monkeypatch, tmp_path / "bin", request.param)
    return str(request.param)


def in_registry(image: str) -> Any:
    done = subprocess.run([registries.program("crane"), "manifest", image], check=True, capture_output=True)
    return json.loads(done.stdout)


def workspace(host: str) -> None:
    Path("pyproject.toml").write_text(SETTINGS.replace("HOST", host))
    Path("apps").mkdir()
    for name in ("shop", "cart"):
        Path(f"apps/{name}.py").write_text(APP.replace('"shop"', f'"{name}"'))


@pytest.mark.usefixtures("client")
def test_app_is_sent_once_and_is_then_there(kpy: Run, host: str) -> None:
    code, out, err = kpy("push", "shop.py", f"oci://{host}/acme/shop:v1")

    assert (code, err) == (0, f"pushed: oci://{host}/acme/shop:v1\n")
    assert out.startswith(f"oci://{host}/acme/shop@sha256:")
    assert in_registry(f"{host}/acme/shop:v1")["layers"][0]["mediaType"] == (
        "application/vnd.cncf.flux.content.v1.tar+gzip"
    )
    assert in_registry(out.strip().removeprefix("oci://")) == in_registry(f"{host}/acme/shop:v1")
    again = kpy("push", "shop.py", f"oci://{host}/acme/shop:v1")
    assert again == (0, out, f"unchanged: oci://{host}/acme/shop:v1 is that already\n")
    code, other, err = kpy("push", "shop.py", f"oci://{host}/acme/shop:v1", "--set", "env=prod")
    assert (code, err) == (0, f"pushed: oci://{host}/acme/shop:v1 (it was another image)\n")
    assert other != out


@pytest.mark.usefixtures("client")
def test_layout_is_sent_as_it_is(kpy: Run, host: str) -> None:
    kpy("synth", "shop.py", "--format", "oci", "-o", "shop.oci")
    kpy("synth", "shop.py", "--format", "oci", "-o", "prod.oci", "--env", "prod")

    code, out, err = kpy("push", "shop.oci", f"oci://{host}/shop")

    assert (code, err) == (0, f"pushed: oci://{host}/shop:latest\n")  # the tag that the layout has
    assert out == kpy("push", "shop.py", f"oci://{host}/shop:other")[1]
    [entry] = json.loads(Path("shop.oci/index.json").read_text())["manifests"]
    assert out == f"oci://{host}/shop@{entry['digest']}\n"


@pytest.mark.usefixtures("client")
def test_check_sends_nothing(kpy: Run, host: str) -> None:
    image = f"oci://{host}/acme/shop:v1"

    code, out, err = kpy("push", "shop.py", image, "--check")
    assert (code, out) == (1, "")
    assert err.startswith(f"missing: {image}; it would be sha256:")
    sent = kpy("push", "shop.py", image)[1]
    assert kpy("push", "shop.py", image, "--check") == (0, sent, f"unchanged: {image} is that already\n")
    code, out, err = kpy("push", "shop.py", image, "--check", "--layout", "resource", "--kustomization")
    assert (code, out) == (1, "")
    assert err.startswith(f"different: {image}; it would be sha256:")


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_all_outputs_are_where_flux_looks_for_them(kpy: Run, host: str, jobs: str) -> None:
    workspace(host)
    Path("apps/broken.py").write_text("1 / 0\n")

    code, out, err = kpy("push", "--all", "-j", jobs, "--where", "cluster=eu")

    assert code == 1
    assert err.count("error: broken ") == 2
    assert "ZeroDivisionError" in err
    assert out.count("oci://") == 4
    Path("apps/broken.py").unlink()
    trees = [each.tree for each in read_documents(kpy("gitops", "flux")[1]).documents]
    sources = [tree["spec"] for tree in trees if tree["kind"] == "OCIRepository"]
    assert len(sources) == 4
    found = [f"{spec['url']}:{spec['ref']['tag']}" for spec in sources]
    assert sorted(found) == sorted(line.split()[1] for line in err.splitlines() if line.startswith("pushed: "))
    for spec in sources:
        assert in_registry(f"{spec['url'].removeprefix('oci://')}:{spec['ref']['tag']}")["config"]["mediaType"] == (
            "application/vnd.cncf.flux.config.v1+json"
        )
    code, again, err = kpy("push", "--all", "-j", jobs)
    assert (code, sorted(again.splitlines())) == (0, sorted(out.splitlines()))
    assert err.count("unchanged: ") == 4
    code, one, _ = kpy("push", "shop", "--env", "prod", "--cluster", "eu")
    assert (code, one in again) == (0, True)


@pytest.mark.usefixtures("client")
def test_registry_that_asks_for_a_password_gets_it_and_nobody_else(kpy: Run, host: str, tmp_path: Path) -> None:
    with registries.guarded(host) as guarded:
        image = f"oci://{guarded}/acme/shop:v1"
        code, out, err = kpy("push", "shop.py", image)
        assert (code, out) == (1, "")
        assert f"{guarded}/acme/shop:v1: {guarded} refuses access: check the name, and log in by `" in err

        registries.log_in(tmp_path / "docker", guarded, "wrong-password")
        code, out, err = kpy("push", "shop.py", image)
        assert (code, out, "refuses access" in err, "wrong-password" in err) == (1, "", True, False)

        registries.log_in(tmp_path / "docker", guarded)
        code, out, err = kpy("push", "shop.py", image)
        assert (code, err) == (0, f"pushed: {image}\n")
    with registries.guarded(host, refuses="/v2/") as guarded:
        registries.log_in(tmp_path / "docker", guarded)
        code, out, err = kpy("push", "shop.py", f"oci://{guarded}/acme/shop:v1")
        assert (code, out, "refuses access" in err, registries.PASSWORD in err) == (1, "", True, False)


def test_registry_that_does_not_speak_of_new_repositories_gets_them(
    kpy: Run, host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    registries.only(monkeypatch, tmp_path / "bin", "oras")
    with registries.guarded(host, refuses="(HEAD|GET) .*/manifests/v1") as guarded:
        registries.log_in(tmp_path / "docker", guarded)
        image = f"oci://{guarded}/acme/shop:v1"

        assert kpy("push", "shop.py", image)[::2] == (0, f"pushed: {image}\n")
        code, out, err = kpy("push", "shop.py", image, "--check")
        assert (code, out, "refuses access" in err) == (1, "", True)


@pytest.mark.usefixtures("client")
def test_registry_that_is_not_there_is_told(kpy: Run) -> None:
    code, out, err = kpy("push", "shop.py", "oci://127.0.0.1:1/acme/shop:v1")

    assert (code, out) == (2, "")
    assert err.startswith("error: 127.0.0.1:1/acme/shop:v1: 127.0.0.1:1 cannot be reached: ")
    assert "connection refused" in err


def test_registry_without_https_is_told(kpy: Run, host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    registries.only(monkeypatch, tmp_path / "bin", "oras")
    server = registries.ThreadingHTTPServer(("127.0.0.2", 0), registries.BaseHTTPRequestHandler)
    registries.Thread(target=server.serve_forever, daemon=True).start()
    try:
        code, out, err = kpy("push", "shop.py", f"oci://127.0.0.2:{server.server_address[1]}/acme/shop:v1")
    finally:
        server.shutdown()
        server.server_close()

    assert (code, out) == (2, "")
    assert "is not known to be the one: kpy sends by https alone" in err


def test_machine_without_a_program_is_told(kpy: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert kpy("push", "shop.py", "oci://127.0.0.1:1/shop:v1") == (
        2,
        "",
        "error: images are sent by oras or by crane, and neither is on PATH: install one, "
        "https://oras.land/docs/installation\n",
    )


@pytest.mark.usefixtures("client")
def test_secrets_in_an_image_are_told(kpy: Run, host: str) -> None:
    more = ".add(Chart('db')).add(Secret.from_literals('db', {'password': 'hunter2hunter2'}))"
    Path("shop.py").write_text(APP.replace("    return app", f"    app{more}\n    return app"))

    code, _, err = kpy("push", "shop.py", f"oci://{host}/shop:v1")

    assert code == 0
    assert f'warning: oci://{host}/shop:v1 has Secret "db" in it: whoever can pull it can read that' in err
    assert "hunter2" not in err


@pytest.mark.usefixtures("client")
def test_app_with_findings_is_not_sent(kpy: Run, host: str) -> None:
    Path("shop.py").write_text(APP.replace('"a": "b"', '"a b": "c"'))
    assert kpy("push", "shop.py", f"oci://{host}/shop:v1")[0] == 1

    Path("shop.py").write_text(
        APP.replace("ConfigMap.from", "Service('web', selector={'a': 'b'}, ports=[80]), ConfigMap.from")
    )
    code, out, err = kpy("push", "shop.py", f"oci://{host}/shop:v1", "--fail-on", "warning")
    assert (code, out) == (1, "")
    assert "nothing was sent, since --fail-on warning is met" in err


def layout(index: object) -> None:
    Path("shop.oci").mkdir()
    Path("shop.oci/oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    Path("shop.oci/index.json").write_text(index if isinstance(index, str) else json.dumps(index))


ENTRY = {"digest": f"sha256:{'0' * 64}", "mediaType": "x", "size": 1}


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("index", "text"),
    [
        ("{", "shop.oci/index.json: this is no index of an OCI image layout"),
        ("[]", "shop.oci/index.json: this is no index of an OCI image layout"),
        ({"manifests": [ENTRY, ENTRY]}, "shop.oci/index.json: it has 2 images, and kpy pushes a layout with one"),
        ({"manifests": [{"digest": "sha256:../x"}]}, "shop.oci/index.json: 'sha256:../x' is no digest that kpy knows"),
        ({"manifests": [ENTRY]}, f"shop.oci: the layout is not whole: the image sha256:{'0' * 64} is not in it"),
    ],
)
def test_broken_layouts_are_refused(kpy: Run, index: object, text: str) -> None:
    layout(index)

    assert kpy("push", "shop.oci", "oci://127.0.0.1:1/shop") == (2, "", f"error: {text}\n")


def test_layout_without_an_index_is_refused(kpy: Run) -> None:
    layout("{}")
    os.unlink("shop.oci/index.json")

    code, _, err = kpy("push", "shop.oci", "oci://127.0.0.1:1/shop")

    assert (code, err) == (2, "error: shop.oci/index.json: it cannot be read: No such file or directory\n")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("oci://ghcr.io/Acme/shop", "'Acme/shop' cannot be the path of an image: small letters and digits"),
        ("oci://ghcr.io/shop:a b", "'a b' cannot be a tag"),
        ("oci://ghcr.io", "this is no address of an image: write oci://HOST/PATH:TAG"),
        ("oci://gh cr.io/shop", "this is no address of an image: write oci://HOST/PATH:TAG"),
        ("https://ghcr.io/shop", "an image is at oci://HOST/PATH:TAG, not at https://"),
        ("oci://ghcr.io/shop@sha256:00", "a digest follows from the content: say a tag"),
        ("oci://ann:hunter2@ghcr.io/shop", "ghcr.io: an address takes no password: log in by `oras login ghcr.io`"),
    ],
)
def test_address_that_is_none_is_refused(kpy: Run, address: str, text: str) -> None:
    code, out, err = kpy("push", "shop.py", address)

    assert (code, out) == (2, "")
    assert text in err
    assert "hunter2" not in err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("a.py", "b.py", "oci://h/x"), "kpy push: give one app or layout, and one address"),
        (("shop.py",), "nothing says where images go: give an address, oci://HOST/PATH:TAG, or add to"),
        ((), "nothing says where images go: give an address, oci://HOST/PATH:TAG, or add to"),
        (("shop.py", "oci://h.io/x", "-j", "2"), "-j chooses among all outputs: add --all"),
        (("--all", "shop"), "--all means every app, so shop is one too many"),
        (("--all", "oci://h.io/x"), "--all sends each output to its own image: say where in [tool.kpy.gitops], `oci`"),
        (("--all", "--env", "prod"), "--env is about one output: choose with --where env=prod"),
        (
            ("folder", "oci://h.io/x"),
            "folder: this is no OCI image layout, which `kpy synth APP --format oci -o folder",
        ),
        (("made", "oci://h.io/x", "--env", "prod"), "--env is about the image of an app, and made is made already"),
        (("made",), "nothing says where made goes: kpy push made oci://HOST/PATH:TAG"),
    ],
)
def test_wrong_calls_are_refused(kpy: Run, words: tuple[str, ...], text: str) -> None:
    Path("folder").mkdir()
    Path("made").mkdir()
    Path("made/oci-layout").touch()

    code, out, err = kpy("push", *words)

    assert (code, out) == (2, "")
    assert text in err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "no app is given: kpy push APP, or all of them with --all"),
        (("shop.py",), "shop.py is none of the apps of this project: say where it goes, oci://HOST/PATH:TAG"),
        (("cart",), "cart is several outputs, cart dev eu, cart prod eu: choose one with --env"),
        (
            ("apps/cart.py", "--cluster", "eu"),
            "cart is several outputs, cart dev eu, cart prod eu: choose one with --env",
        ),
        (("cart", "--env", "prod"), "cart has no such output, cart dev eu: choose one with --env and --cluster"),
    ],
)
def test_output_has_to_be_one(kpy: Run, words: tuple[str, ...], text: str) -> None:
    workspace("ghcr.io")
    Path("other").mkdir()
    Path("shop.py").rename("other/shop.py")
    if "prod" in words:
        skip = '\nskip = [{ app = "cart", env = "prod" }]\n'
        Path("pyproject.toml").write_text(
            Path("pyproject.toml").read_text().replace("[tool.kpy]\n", f"[tool.kpy]{skip}")
        )

    code, out, err = kpy("push", *(word.replace("shop.py", "other/shop.py") for word in words))

    assert (code, out) == (2, "")
    assert text in err


@pytest.mark.usefixtures("client")
def test_one_app_without_environments_has_an_image(kpy: Run, host: str) -> None:
    Path("pyproject.toml").write_text(f'[tool.kpy]\napp = "shop.py"\n[tool.kpy.gitops]\noci = "oci://{host}/{{app}}"\n')

    assert kpy("push")[2] == f"pushed: oci://{host}/shop:latest\n"
    assert kpy("push", "shop.py")[2] == f"unchanged: oci://{host}/shop:latest is that already\n"


@pytest.mark.usefixtures("client")
def test_only_output_of_an_app_is_made_as_it_is(kpy: Run, host: str) -> None:
    workspace(host)
    edited = Path("pyproject.toml").read_text().replace("[tool.kpy.environments.dev]\n", "")
    Path("pyproject.toml").write_text(edited)

    code, out, err = kpy("push", "cart")

    assert (code, err) == (0, f"pushed: oci://{host}/acme/cart:prod\n")
    assert kpy("push", "--all", "--where", "app=cart")[1] == out


@pytest.mark.usefixtures("client")
def test_image_that_cannot_be_sent_does_not_stop_the_others(kpy: Run) -> None:
    workspace("127.0.0.1:1")

    code, out, err = kpy("push", "--all")

    assert (code, out) == (2, "")
    assert err.count("error: cart dev eu: 127.0.0.1:1/acme/cart:dev: 127.0.0.1:1 cannot be reached") == 1
    assert err.count("cannot be reached") == 4


def test_outputs_of_one_image_are_refused(kpy: Run) -> None:
    workspace("ghcr.io")
    text = Path("pyproject.toml").read_text()
    Path("pyproject.toml").write_text(text.replace("[tool.kpy.gitops]", "[tool.kpy.clusters.us]\n[tool.kpy.gitops]"))

    code, out, err = kpy("push", "--all")

    assert (code, out) == (2, "")
    assert "would both be the image oci://ghcr.io/acme/cart:dev: write {cluster} in `oci`" in err


def test_program_that_cannot_be_started_is_told(kpy: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/oras").write_text("no program")
    (tmp_path / "bin/oras").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    code, out, err = kpy("push", "shop.py", "oci://127.0.0.1:1/shop")

    assert (code, out) == (2, "")
    assert "oras cannot be started" in err
