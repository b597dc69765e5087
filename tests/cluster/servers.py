"""A real control plane on loopback: etcd, kube-apiserver and, where asked for, the controllers.

There is no node and no scheduler: the API server checks and keeps objects, the controllers act on them, and pods stay
pending unless a test says otherwise.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs

from kpy.schema import RELEASES
from tests.kubectl import real
from tools.programs import cached

#: Who may log in: the context of the kubeconfig, with the groups of its user. A "stranger" has a token nobody knows.
USERS = {"admin": "system:masters", "guest": ""}
STRANGER = "stranger"


@attrs.frozen
class Cluster:
    """A running API server, and the files with which to reach it."""

    url: str
    kubeconfig: Path
    """Has the contexts "admin" (current; may do everything), "guest" (may do nothing) and "stranger" (is not known)."""
    certificate: Path
    tokens: Mapping[str, str]
    assets: Path

    def kubectl(
        self, *arguments: str, stdin: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run the real kubectl as admin; where `check` is set, fail with what it printed if it fails."""
        command = [str(self.program("kubectl")), *arguments]
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        done = subprocess.run(command, input=stdin, env=environment, capture_output=True, text=True)
        if check and done.returncode:
            raise RuntimeError(f"kubectl {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def names(self, kinds: str, namespace: str) -> list[str]:
        """Return the objects of some kinds, comma-separated, as "pod/web", but for what controllers put everywhere."""
        found = self.kubectl("get", kinds, "-n", namespace, "-o", "name").stdout.split()
        return [name for name in found if name not in ("configmap/kube-root-ca.crt", "serviceaccount/default")]

    def request(
        self, method: str, path: str, body: object = None, *, patch: str = "merge-patch+json"
    ) -> tuple[int, dict[str, Any]]:
        """Speak to the API server as admin; return the HTTP status and what it answered, errors included."""
        data = None if body is None else json.dumps(body).encode()
        content = f"application/{patch}" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {self.tokens['admin']}", "Content-Type": content}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=self._tls(), timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def program(self, name: str) -> Path:
        """Return a program of the assets, or the one on PATH; as kubectl the last that the tests are to run with."""
        if name == "kubectl" and (chosen := cached("kubectl", real.RELEASES[-1])):
            return chosen
        own = self.assets / name
        found = own if own.exists() else shutil.which(name)
        if not found:
            raise FileNotFoundError(f"no `{name}` in {self.assets} and none on PATH")
        return Path(found)

    @property
    def release(self) -> str:
        """The minor release of the API server: "1.36"."""
        said = self.request("GET", "/version")[1]
        return f"{said['major']}.{said['minor']}"

    def is_at_least(self, release: str) -> bool:
        """Tell whether the API server is of a release or of a newer one."""
        return RELEASES.index(self.release) >= RELEASES.index(release)

    def is_ready(self) -> bool:
        """Tell whether the API server answers and its parts are ready."""
        headers = {"Authorization": f"Bearer {self.tokens['admin']}"}
        request = urllib.request.Request(f"{self.url}/readyz", headers=headers)
        try:
            with urllib.request.urlopen(request, context=self._tls(), timeout=5) as response:
                return bool(response.status == 200)
        except OSError:  # not listening yet, no certificate yet, or "not ready" with status 500
            return False

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificate)


@contextmanager
def running(assets: Path, folder: Path) -> Iterator[Cluster]:
    """Run etcd and kube-apiserver of `assets`, with their files in `folder`; stop both on the way out."""
    folder.mkdir(parents=True, exist_ok=True)
    etcd, apiserver = free_ports(2)
    cluster = write_access(assets, folder, f"https://127.0.0.1:{apiserver}")
    with ExitStack() as stack:
        server = stack.enter_context(process(etcd_command(assets, folder, etcd), folder / "etcd.log"))
        wait_until(lambda: is_listening(etcd), server, folder / "etcd.log")
        command = apiserver_command(assets, folder, port=apiserver, etcd=etcd)
        server = stack.enter_context(process(command, folder / "kube-apiserver.log"))
        wait_until(cluster.is_ready, server, folder / "kube-apiserver.log")
        yield cluster


@contextmanager
def controllers(cluster: Cluster, folder: Path) -> Iterator[None]:
    """Run kube-controller-manager, so that rollouts, jobs, claims, namespaces and garbage collection move."""
    command = [
        str(cluster.program("kube-controller-manager")),
        f"--kubeconfig={cluster.kubeconfig}",
        f"--service-account-private-key-file={cluster.kubeconfig.parent / 'service-account.key'}",
        f"--cert-dir={folder}",
        "--controllers=*,-node-lifecycle-controller",  # the nodes of these tests send no heartbeat
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]
    log = folder / "kube-controller-manager.log"
    with process(command, log) as manager:
        wait_until(lambda: has_default_account(cluster), manager, log)
        yield


def write_access(assets: Path, folder: Path, url: str) -> Cluster:
    """Write what the API server and its clients need to trust each other."""
    tokens = {user: secrets.token_hex(16) for user in [*USERS, STRANGER]}
    known = [f"{tokens[user]},{user},{user},{group}\n" for user, group in USERS.items()]
    (folder / "tokens.csv").write_text("".join(known))
    (folder / "service-account.key").write_text(elliptic_key())
    certificate = folder / "apiserver.crt"  # made by the API server in its --cert-dir
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(kubeconfig_of(url, certificate, tokens), indent=2))
    return Cluster(url=url, kubeconfig=kubeconfig, certificate=certificate, tokens=tokens, assets=assets)


def kubeconfig_of(url: str, certificate: Path, tokens: Mapping[str, str]) -> dict[str, object]:
    """Return a kubeconfig with a context for each user (it is JSON, which is YAML)."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": url, "certificate-authority": str(certificate)}}],
        "users": [{"name": user, "user": {"token": token}} for user, token in tokens.items()],
        "contexts": [{"name": user, "context": {"cluster": "test", "user": user}} for user in tokens],
        "current-context": "admin",
    }


def elliptic_key() -> str:
    """Return a new private key on the curve P-256 as PEM (RFC 5915); readers compute its public half."""
    number = bytes([secrets.randbelow(0x7F)]) + secrets.token_bytes(31)  # below the order of the curve
    der = bytes.fromhex("30310201010420") + number + bytes.fromhex("a00a06082a8648ce3d030107")
    return f"-----BEGIN EC PRIVATE KEY-----\n{base64.encodebytes(der).decode()}-----END EC PRIVATE KEY-----\n"


def etcd_command(assets: Path, folder: Path, port: int) -> list[str]:
    """Return the command that runs etcd; nothing of it is kept, so it need not wait for the disk."""
    return [
        str(assets / "etcd"),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=http://127.0.0.1:{port}",
        f"--advertise-client-urls=http://127.0.0.1:{port}",
        "--listen-peer-urls=http://127.0.0.1:0",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def apiserver_command(assets: Path, folder: Path, *, port: int, etcd: int) -> list[str]:
    """Return the command that runs kube-apiserver; the account plugin is off, since nothing makes default accounts."""
    key = folder / "service-account.key"
    return [
        str(assets / "kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder}",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/16",
        "--authorization-mode=RBAC",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--allow-privileged=true",
        "--disable-admission-plugins=ServiceAccount",
    ]


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def is_listening(port: int) -> bool:
    """Tell whether something accepts connections on a port of loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def has_default_account(cluster: Cluster) -> bool:
    """Tell whether the controllers are at work: one of the first things they make is this account."""
    status, _ = cluster.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")
    return status == 200


@contextmanager
def process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a session of its own, so that Ctrl-C reaches the tests only and they stop it in good order."""
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until(is_done: Callable[[], bool], server: subprocess.Popen[bytes], log: Path, within: float = 120.0) -> None:
    """Wait until a server is ready; where it ends first or takes too long, fail with the end of its log."""
    deadline = time.monotonic() + within
    while not is_done():
        if server.poll() is not None or time.monotonic() > deadline:
            end = log.read_text(errors="replace")[-3000:]
            state = "is not ready" if server.poll() is None else f"ended with {server.returncode}"
            raise RuntimeError(f"{log.stem} {state}; its log ends:\n{end}")
        time.sleep(0.1)


def eventually(is_so: Callable[[], bool], within: float = 60.0) -> None:
    """Wait for something that the controllers do in their own time; fail where it takes too long."""
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {within:.0f} s"
        time.sleep(0.1)
