"""Real kubectls, old and new, without a cluster: what they say is understood alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpy.cli.main import run

from .real import RELEASES, kubectl_of

APP = """\
from kpy import App, Chart, ConfigMap

app = App("shop")
app.add(Chart("shop", namespace="shop")).add(ConfigMap.from_literals("config", {"a": "b"}))
"""
CLOSED = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "a",
    "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "a", "user": {"token": "secret-token"}}],
    "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
}
LOGIN = {"apiVersion": "client.authentication.k8s.io/v1", "command": "nope-login", "interactiveMode": "Never"}
NO_LOGIN = {**CLOSED, "users": [{"name": "a", "user": {"exec": LOGIN}}]}
NO_CLUSTER = (
    "no cluster is chosen: there is no kubeconfig, or it has no current context: "
    "set KUBECONFIG, or use --kubeconfig or --context"
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("content", "flags", "message"),
    [
        (json.dumps(CLOSED), [], "no cluster answers at 127.0.0.1:1: start it, or choose another with --context"),
        (
            json.dumps(CLOSED),
            ["--context=b"],
            'there is no context "b" in the kubeconfig: choose another with --context',
        ),
        (
            json.dumps(NO_LOGIN),
            [],
            "no credentials can be had: exec: executable nope-login not found: log in to the cluster again",
        ),
        (
            "{[",
            [],
            "the kubeconfig {file} cannot be read: yaml: line 1: did not find expected node content: "
            "choose another with --kubeconfig",
        ),
        ("", [], NO_CLUSTER),
        ("hello: world", [], NO_CLUSTER),
        (None, [], "the kubeconfig {file} cannot be read: choose another with --kubeconfig"),
    ],
    ids=["closed", "context", "login", "broken", "empty", "other", "missing"],
)
def test_cluster_that_cannot_be_reached_is_told_alike_by_all(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    release: str,
    content: str | None,
    flags: list[str],
    message: str,
) -> None:
    program = kubectl_of(release)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "kubeconfig"
    Path("shop.py").write_text(APP)
    if content is not None:
        file.write_text(content)

    code = run(["diff", "shop.py", f"--kubectl={program}", f"--kubeconfig={file}", *flags])

    assert (code, capsys.readouterr().err) == (2, f"error: {message.replace('{file}', str(file))}\n")
