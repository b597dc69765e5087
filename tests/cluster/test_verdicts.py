"""The stored verdicts, and the documents of `tests/rules`, beside the API server at hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from verdicts import read_verdicts

from cluster.servers import Cluster
from kpy.checking.walk import validate_document
from kpy.schema import MEASURED, api
from tools.codegen.cases import read_cases

pytestmark = pytest.mark.cluster

#: What the server says where a document needs something in the cluster, or a server that is set up in another way.
_NEEDS_MORE = ("already exists", "not configured on this cluster", "serviceAccountName is not set")


def verdict(cluster: Cluster, document: dict[str, Any]) -> tuple[int, set[str], str]:
    """Return status, paths of the causes and message of a dry run; 404 where the server has no such kind."""
    kind = api(MEASURED).kind(str(document.get("apiVersion")), str(document.get("kind")))
    if kind is None or not kind.on_by_default:
        return 404, set(), "no such kind"
    path = f"/{'apis' if kind.group else 'api'}/{kind.api_version}"
    if kind.namespaced:
        metadata = document.get("metadata")
        named = metadata.get("namespace") if isinstance(metadata, dict) else None
        path += f"/namespaces/{quote(named, safe='') if isinstance(named, str) and named else 'default'}"
    status, answer = cluster.request("POST", f"{path}/{kind.plural}?dryRun=All&fieldValidation=Strict", document)
    causes = answer.get("details", {}).get("causes", []) if status != 201 else []
    return status, {cause.get("field", "") for cause in causes}, str(answer.get("message", ""))


@pytest.fixture(autouse=True)
def measured(cluster: Cluster) -> None:
    if cluster.release != MEASURED:
        pytest.skip(f"the verdicts are those of {MEASURED}, and the server is of {cluster.release}")


def test_stored_verdicts_are_those_of_the_server(cluster: Cluster) -> None:
    names = {case.document["metadata"].get("namespace") for case in read_verdicts() if case.code == 201}
    for name in sorted(filter(None, names)):
        cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    for case in read_verdicts():
        code, fields, message = verdict(cluster, case.document)

        assert code == case.code, (case, message)
        if code == 422:
            assert fields == {path for _, path in case.causes}, case


def test_verdicts_on_the_documents_of_rules_are_those_of_the_server(cluster: Cluster) -> None:
    high = {"metadata": {"name": "high"}, "value": 1000}
    cluster.request("POST", "/apis/scheduling.k8s.io/v1/priorityclasses", high)
    wrong = []
    for case in read_cases():
        for document in (case.good, case.bad):
            if case.release != MEASURED or not isinstance(document, dict) or case.rule == "nested-too-deeply":
                continue
            code, _, message = verdict(cluster, document)
            if code == 404 or any(words in message for words in _NEEDS_MORE):
                continue
            if (code != 201) != bool(validate_document(document)):
                wrong.append((case.rule, code, message))

    assert wrong == []
