"""A stand-in for the nodes of a cluster: pods are placed, run, end and fail, and nothing is started.

What becomes of a pod is said by its annotation `kpy.test/outcome`: "ready" (the default), "complete" (the default for
pods of a Job, unless `USUAL` has another for the namespace), "fail", "crash" (over and over), "no-image", or "pending"
(never placed). Its logs are what its annotation `kpy.test/logs` says.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cluster.servers import Cluster

OUTCOME = "kpy.test/outcome"
LOGS = "kpy.test/logs"
NODE = "node"
INTERVAL = 0.2
#: What becomes of the pods of Jobs that say nothing, by namespace.
USUAL: dict[str, str] = {}

WAITING = {
    "crash": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"},
    "no-image": {"reason": "ImagePullBackOff", "message": "Back-off pulling image: not found"},
}
PHASES = {"ready": "Running", "crash": "Running", "no-image": "Pending", "complete": "Succeeded", "fail": "Failed"}
#: The event that a kubelet writes beside the status.
EVENTS = {"crash": "BackOff", "no-image": "Failed"}


@contextmanager
def nodes(cluster: Cluster) -> Iterator[None]:
    """Look after the pods of all namespaces from a thread, with one node that serves their logs."""
    done = threading.Event()
    with log_server(cluster) as port:
        register(cluster, port)
        thread = threading.Thread(target=look_after, args=(cluster, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def register(cluster: Cluster, port: int) -> None:
    """Make the node known, at the address where its logs are served."""
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}}
    cluster.request("POST", "/api/v1/nodes", node)
    status = {
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
    }
    cluster.request("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": status})


def look_after(cluster: Cluster, done: threading.Event) -> None:
    """Settle every pod as it appears, and let go of those that are being deleted."""
    while not done.wait(INTERVAL):
        _, answer = cluster.request("GET", "/api/v1/pods")
        for pod in answer["items"]:
            settle(cluster, pod)


def settle(cluster: Cluster, pod: Mapping[str, Any]) -> None:
    """Move one pod on; a pod that was changed meanwhile is met again in the next round."""
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
    outcome = outcome_of(pod)
    if "deletionTimestamp" in pod["metadata"]:
        cluster.request("DELETE", path, {"gracePeriodSeconds": 0})
    elif outcome == "pending" or "containerStatuses" in pod["status"]:
        return
    elif "nodeName" not in pod["spec"]:
        target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod["metadata"]["name"]}}
        cluster.request("POST", f"{path}/binding", {**binding, "target": target})
    else:
        cluster.request("PATCH", f"{path}/status", {"status": status_of(pod, outcome)})
        if outcome in EVENTS:
            cluster.request("POST", path.rpartition("/pods/")[0] + "/events", event_of(pod, outcome))


def outcome_of(pod: Mapping[str, Any]) -> str:
    """Return what shall become of a pod."""
    owners = [owner["kind"] for owner in pod["metadata"].get("ownerReferences", [])]
    usual = USUAL.get(pod["metadata"]["namespace"], "complete") if "Job" in owners else "ready"
    return str(pod["metadata"].get("annotations", {}).get(OUTCOME, usual))


def status_of(pod: Mapping[str, Any], outcome: str) -> dict[str, object]:
    """Return the status that a kubelet would report."""
    ready = "True" if outcome == "ready" else "False"
    kinds = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": ready, "Ready": ready}
    return {
        "phase": PHASES[outcome],
        "podIPs": [{"ip": address_of(pod)}],
        "podIP": address_of(pod),
        "startTime": now(),
        "conditions": [{"type": kind, "status": is_so, "lastTransitionTime": now()} for kind, is_so in kinds.items()],
        "containerStatuses": [container_status(each, outcome) for each in pod["spec"]["containers"]],
    }


def address_of(pod: Mapping[str, Any]) -> str:
    """Return an address that hardly any other pod has, so that Services find it."""
    number = int(pod["metadata"]["uid"].replace("-", "")[:5], 16)
    return f"10.{128 + (number >> 16)}.{number >> 8 & 255}.{number & 255 or 1}"


def container_status(container: Mapping[str, Any], outcome: str) -> dict[str, object]:
    """Return the status of one container."""
    code = 0 if outcome == "complete" else 1
    ended = {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": now(), "finishedAt": now()}
    match outcome:
        case "ready":
            state: dict[str, object] = {"running": {"startedAt": now()}}
        case "complete" | "fail":
            state = {"terminated": ended}
        case _:
            state = {"waiting": WAITING[outcome]}
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": outcome == "ready",
        "restartCount": 3 if outcome == "crash" else 0,
        "state": state,
        "lastState": {"terminated": ended} if outcome == "crash" else {},
    }


def event_of(pod: Mapping[str, Any], outcome: str) -> dict[str, object]:
    """Return the event that goes with a failure."""
    meta = pod["metadata"]
    about = {key: meta[key] for key in ("name", "namespace", "uid")}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{meta['name']}.", "namespace": meta["namespace"]},
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            **about,
        },
        "type": "Warning",
        "reason": EVENTS[outcome],
        "message": WAITING[outcome]["message"],
        "source": {"component": "kubelet", "host": NODE},
        "firstTimestamp": now(),
        "lastTimestamp": now(),
        "count": 1,
    }


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def log_server(cluster: Cluster) -> Iterator[int]:
    """Serve the logs of pods as a kubelet does; yield the port."""

    class Kubelet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, _, namespace, name, *_ = self.path.split("/")  # /containerLogs/{namespace}/{pod}/{container}?...
            _, pod = cluster.request("GET", f"/api/v1/namespaces/{namespace}/pods/{name}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(pod["metadata"].get("annotations", {}).get(LOGS, "").encode())

        def log_message(self, *_: object) -> None:
            """Keep the output of the tests clean."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cluster.certificate, cluster.certificate.with_suffix(".key"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Kubelet) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
