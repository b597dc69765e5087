"""The image: its file is judged, and what its steps run is run here as far as that goes without an engine.

NOT CHECKED here: that the image is built, since no engine is there, and the step with apt-get, which would change this
machine.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kpy.version import VERSION
from tests.tools.actions import APP, ROOT, SETTINGS, real, write

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines()
FETCH = ROOT / "integrations" / "docker" / "fetch.py"
KUBECTL, HELM = b"the kubectl", b"the helm"


def runs() -> list[str]:
    """Return what the steps run, in order."""
    return [re.sub(r"^RUN (--\S+ )*", "", each) for each in INSTRUCTIONS if each.startswith("RUN ")]


def context(folder: Path) -> Path:
    """Return a copy of what `.dockerignore` lets through."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith(("!", "#"))] == ["*", "**/__pycache__"]
    for name in (line.removeprefix("!") for line in lines if line.startswith("!")):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return folder


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([real("hadolint"), "--no-color", str(ROOT / "Dockerfile")], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


def test_image_runs_kpy_as_the_user_that_argo_cd_wants() -> None:
    last = INSTRUCTIONS[max(at for at, each in enumerate(INSTRUCTIONS) if each.startswith("FROM ")) :]

    assert "USER 999:999" in last
    assert last.index("USER 999:999") > max(at for at, each in enumerate(last) if each.startswith(("RUN", "COPY")))
    assert 'ENTRYPOINT ["kpy"]' in last
    assert re.search(r"groupadd --gid 999 .* useradd --uid 999 --gid 999 ", " ".join(runs()))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the steps are for a POSIX shell")
def test_steps_build_and_install_kpy_from_what_they_are_given(tmp_path: Path) -> None:
    """The wheel is built of the files that go to the engine, and installed into an environment of its own."""
    source = context(tmp_path / "source")
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "there.pth").write_text(os.path.dirname(os.path.dirname(pytest.__file__)))
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_DEPS": "1", "PIP_IGNORE_INSTALLED": "1"}
    variables = {"PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path), **offline}

    def run(command: str, folder: Path) -> str:
        command = command.replace("/wheels", str(tmp_path / "wheels"))
        done = subprocess.run(["sh", "-ec", command], cwd=folder, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    build, _, _, install = runs()
    run(build, source)
    run(install, tmp_path)

    write(tmp_path / "work", {"pyproject.toml": SETTINGS, "apps/shop/app.py": APP})
    assert run("kpy --version", tmp_path / "work") == f"kpy {VERSION}\n"
    assert (packages / "kpy" / "__init__.py").exists()
    run("kpy synth --all", tmp_path / "work")
    assert (tmp_path / "work" / "rendered" / "prod" / "shop" / "web.yaml").exists()
    assert (environment / "share" / "man" / "man1" / "kpy.1").exists()


@pytest.fixture
def host() -> Iterator[str]:
    """Serve a kubectl and a helm on loopback, and their digests; the helm of 3.0.1 is not what its digest says."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as file:
        found = tarfile.TarInfo("linux-arm64/helm")
        found.size = len(HELM)
        file.addfile(found, io.BytesIO(HELM))
    files = {
        "/release/v1.34.2/bin/linux/arm64/kubectl": KUBECTL,
        "/release/v1.34.2/bin/linux/arm64/kubectl.sha256": hashlib.sha256(KUBECTL).hexdigest().encode(),
        "/helm-v3.0.0-linux-arm64.tar.gz": archive.getvalue(),
        "/helm-v3.0.0-linux-arm64.tar.gz.sha256sum": hashlib.sha256(archive.getvalue()).hexdigest().encode() + b"  x",
        "/helm-v3.0.1-linux-arm64.tar.gz": b"changed",
        "/helm-v3.0.1-linux-arm64.tar.gz.sha256sum": b"0  x",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fetch(folder: Path, host: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FETCH), str(folder), "linux/arm64", *words]
    variables = {**os.environ, "KUBECTL_HOST": host, "HELM_HOST": host}
    return subprocess.run(command, env=variables, capture_output=True, text=True)


def test_programs_are_fetched_and_checked(tmp_path: Path, host: str) -> None:
    done = fetch(tmp_path / "programs", host, "kubectl=v1.34.2", "helm=3.0.0")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "fetched kubectl 1.34.2\nfetched helm 3.0.0\n"
    assert {path.name: path.read_bytes() for path in (tmp_path / "programs").iterdir()} == {
        "kubectl": KUBECTL,
        "helm": HELM,
    }
    assert all(os.access(path, os.X_OK) for path in (tmp_path / "programs").iterdir())


def test_program_without_a_version_is_left_out(tmp_path: Path) -> None:
    done = fetch(tmp_path / "programs", "http://127.0.0.1:9", "kubectl=", "helm=")

    assert done.returncode == 0
    assert list((tmp_path / "programs").iterdir()) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("helm=3.0.1", "{host}/helm-v3.0.1-linux-arm64.tar.gz is not what its digest says: it has "),
        ("helm=9.9.9", "{host}/helm-v9.9.9-linux-arm64.tar.gz cannot be fetched: 404 Not Found\n"),
        ("helm=latest", "helm=latest is no version: expected three numbers, such as helm=1.34.2\n"),
        ("kubectl=../1.2.3", "kubectl=../1.2.3 is no version: expected three numbers, such as kubectl=1.34.2\n"),
        ("oras=1.0.0", "oras is not known: expected kubectl or helm\n"),
    ],
)
def test_what_cannot_be_fetched_is_a_sentence(word: str, expected: str, tmp_path: Path, host: str) -> None:
    done = fetch(tmp_path / "programs", host, word)

    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {expected.format(host=host)}")
    assert list((tmp_path / "programs").iterdir()) == []


def test_steps_give_the_programs_to_what_fetches_them() -> None:
    (command,) = (each for each in runs() if "fetch.py" in each)

    programs = ['"kubectl=${KUBECTL}"', '"helm=${HELM}"']
    assert command.split() == ["python", "/fetch.py", "/programs", '"linux/${TARGETARCH}"', *programs]
