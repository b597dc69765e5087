"""Encrypted objects are not sent to a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from secrets_at_rest import ENCRYPTED, PLAIN

from .conftest import Kpy
from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, Container, Deployment, Yaml


def app(secrets: str = "db.enc.yaml") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    database = chart.add(Yaml(secrets))
    env = {"PASSWORD": database.find("Secret", "db")["password"]}
    chart.add(Deployment("web", containers=[Container(image="web:1", env=env)]))
    return app
"""


@pytest.fixture(autouse=True)
def app(kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP)
    Path("db.enc.yaml").write_text(ENCRYPTED)
    Path("db.yaml").write_text(PLAIN)
    kubectl.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})


@pytest.mark.parametrize("command", [["diff"], ["diff", "--dry-run=client"], ["apply", "--yes"]])
def test_encrypted_object_is_refused_with_the_way_to_decrypt_it(
    kpy: Kpy, kubectl: FakeKubectl, command: list[str]
) -> None:
    before = dict(kubectl.objects)

    code, out, err = kpy(*command)

    assert (code, out) == (1, "")
    assert err.splitlines()[0] == (
        'db.enc.yaml:2:1: error: Secret "shop/db" is encrypted by SOPS, and no cluster can decrypt it; nothing was '
        "changed. Decrypt it first, `sops decrypt db.enc.yaml | kubectl apply -f -`, and refer to it by "
        "`Secret.existing('db')`; or give the app the decrypted file by a parameter, as the page on secrets shows: "
        "`--set secrets=<(sops decrypt db.enc.yaml)`"
    )
    assert kubectl.objects == before


def test_decrypted_file_is_applied(kpy: Kpy, kubectl: FakeKubectl) -> None:
    code, out, err = kpy("apply", "--yes", "--set", "secrets=db.yaml")

    assert code == 0
    assert "hunter2" not in out + err
    assert kubectl.names("Secret") == ["db"]
