"""Which kubectl kpy works with, and what it says of another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpy.errors import ClusterError
from kpy.kubectl import Answer
from kpy.kubectl.versions import TESTED, read_versions
from tools.programs import LAYERS

from .conftest import Kpy
from .fake import FakeKubectl


def _said(client: object, server: object) -> Answer:
    return Answer(0, json.dumps({"clientVersion": client, "serverVersion": server}), "")


@pytest.mark.parametrize("version", ["v1.32.0", "v1.34.2-gke.100", "v1.37.1+k3s1", "v1.35.0-rc.1", "v1.36+"])
def test_kubectl_that_is_tested_is_not_mentioned(kpy: Kpy, kubectl: FakeKubectl, version: str) -> None:
    kubectl.client = version

    assert kpy("diff")[2] == ""


@pytest.mark.parametrize(
    "version", ["v1.25.0", "v1.31.9-eks-1", "v1.38.0", "v2.0.0", "v0.0.0-master+$Format:%H$", "dev"]
)
def test_kubectl_that_is_not_tested_is_named_and_works(kpy: Kpy, kubectl: FakeKubectl, version: str) -> None:
    kubectl.client = version

    code, out, err = kpy("apply", "--yes")

    assert (code, len(out.splitlines())) == (0, 3)
    assert err.splitlines()[0] == (
        f"warning: kubectl is {version}, and kpy is tested with 1.32 to 1.37: "
        "if something goes wrong, install one of these, or say where one is with --kubectl FILE"
    )


def test_range_is_what_the_tests_fetch_and_the_page_says() -> None:
    releases = [tuple(map(int, release.split("."))) for release in LAYERS]
    page = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")

    assert (min(releases), max(releases)) == TESTED
    assert f"kubectl {min(LAYERS)} to {max(LAYERS)}" in " ".join(page.split())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            _said({"gitVersion": "v1.36.0"}, None),
            "`kubectl version` does not say which version the cluster has: if kubectl is a wrapper, "
            "say where kubectl itself is with --kubectl FILE",
        ),
        (
            _said({"gitVersion": "v1.36.0"}, {"gitVersion": "unknown"}),
            "`kubectl version` does not say which version the cluster has: if kubectl is a wrapper, "
            "say where kubectl itself is with --kubectl FILE",
        ),
        (
            _said(None, {"gitVersion": "v1.36.0"}),
            "`kubectl version -o json` does not say which version kubectl is: if it is a wrapper that prints more, "
            "say where kubectl itself is with --kubectl FILE",
        ),
        (
            _said({"gitVersion": "v1.24.9"}, {"gitVersion": "v1.36.0"}),
            "kubectl is v1.24.9, and kpy needs v1.25 or newer: install a newer one, or say where one is with "
            "--kubectl FILE",
        ),
    ],
)
def test_answer_without_versions_is_explained(answer: Answer, message: str) -> None:
    with pytest.raises(ClusterError) as caught:
        read_versions(answer)

    assert str(caught.value) == message


def test_cluster_of_any_form_of_version_is_known() -> None:
    found = read_versions(_said({"gitVersion": "v1.36.0"}, {"gitVersion": "v1.33.2-gke.100"}))

    assert found is not None
    assert found.release == "1.33"
