"""Small charts, the real programs, and repositories on this machine."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.programs import ProgramError, cached

HEAD = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {app: web}
  ports: [{port: {{ .Values.port }}}]
"""
WEB = {"Chart.yaml": HEAD, "values.yaml": "port: 80\n", "templates/service.yaml": SERVICE}


def program(name: str, release: str | None = None) -> str:
    """Return a real program; skip the test where it was not fetched, and say so."""
    try:
        path = cached(name, release)
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip(f"NOT RUN: there is no {name} here; `python tools/programs.py {name}` fetches it")
    return str(path)


def archive(files: Mapping[str, str | bytes], folder: str = "web") -> bytes:
    """Return the archive of a chart, the same at any time: tests are told apart by it."""
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return content.getvalue()


def web(version: str = "1.0.0", **files: str) -> bytes:
    """Return the archive of a chart; files are given by their names with `_` for `/` left out of keys."""
    return archive({**WEB, "Chart.yaml": HEAD.replace("1.0.0", version), **files})


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def repository(folder: Path, charts: Mapping[str, bytes]) -> Iterator[str]:
    """Serve a repository of charts, by version, on this machine."""
    folder.mkdir()
    lines = ["apiVersion: v1", "entries:", "  web:"]
    for version, content in charts.items():
        (folder / f"web-{version}.tgz").write_bytes(content)
        lines += ["  - apiVersion: v2", f"    digest: {sha256(content).hexdigest()}", "    name: web"]
        lines += [f"    urls: [web-{version}.tgz]", f"    version: {version}"]
    (folder / "index.yaml").write_text("\n".join(lines) + "\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Run a registry on this machine; yield its address without a scheme."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program("crane"), "registry", "serve", "--address", f"127.0.0.1:{port}"]
    with (folder / "registry.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            threading.Event().wait(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
