"""Secrets stay in their files, and what uses them finds them there."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from kpy.documents import read_documents
from kpy.importing import Imported, to_source

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: late}}"
SECRETS = """
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, stringData: {password: hunter2}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull, namespace: shop}, type: kubernetes.io/dockerconfigjson, data: {}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: lab}, stringData: {password: hunter2}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
spec:
  imagePullSecrets: [{name: pull}]
  containers:
  - name: api
    image: api:1
    env:
    - {name: FIRST, valueFrom: {secretKeyRef: {name: db, key: password}}}
    - {name: SECOND, valueFrom: {secretKeyRef: {name: db, key: user}}}
    - {name: THIRD, valueFrom: {secretKeyRef: {name: elsewhere, key: user}}}
"""


def of_file(text: str, folder: Path) -> Imported:
    (folder / "secrets.yaml").write_text(text)
    documents = read_documents(text, str(folder / "secrets.yaml")).documents
    made = to_source(documents, file=str(folder / "app.py"))
    assert made.differences == ()
    return made


def test_secrets_are_found_in_the_file_that_they_stay_in(tmp_path: Path) -> None:
    made = of_file(SECRETS, tmp_path)

    assert made.text.endswith(
        dedent(
            """\

            shop = app.add(Chart("shop", namespace="shop"))
            secrets = shop.add(Yaml("secrets.yaml", without=["Secret/lab/db", "Pod/*"]))

            lab = app.add(Chart("lab", namespace="lab"))
            lab.add(Yaml("secrets.yaml", without=["Secret/shop/db", "Secret/pull", "Pod/*"]))

            db_secret = secrets.find("Secret", "db")
            shop.add(
                Pod(
                    "api",
                    image_pull_secrets=[secrets.find("Secret", "pull")],
                    containers=Container(
                        image="api:1",
                        env={
                            "FIRST": db_secret["password"],
                            "SECOND": db_secret["user"],
                            "THIRD": Secret.existing("elsewhere")["user"],
                        },
                    ),
                )
            )
            """
        )
    )


def test_secret_that_is_in_its_file_twice_is_not_looked_for(tmp_path: Path) -> None:
    first, _, rest = SECRETS.partition("---")

    assert 'Secret.existing("db")' in of_file(f"{first}---{first}---{rest}", tmp_path).text


def test_object_that_the_app_makes_too_much_is_a_difference(tmp_path: Path) -> None:
    """A file that says more than the documents that were read of it, since it has changed meanwhile."""
    documents = read_documents(SECRETS, str(tmp_path / "secrets.yaml")).documents
    (tmp_path / "secrets.yaml").write_text(f"{SECRETS}---\n{CONFIG}")

    made = to_source(documents, file=str(tmp_path / "app.py"))

    assert made.differences == (
        'ConfigMap "shop/late": it is made, and was not there',
        'ConfigMap "lab/late": it is made, and was not there',
    )


def test_values_of_secrets_are_not_written(tmp_path: Any) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"password": "hunter2"}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "api"},
        "spec": {"containers": [{"name": "api", "image": "a:1", "envFrom": [{"secretRef": {"name": "db"}}]}]},
    }
    (tmp_path / "secret.yaml").write_text(yaml.safe_dump(secret))

    of_file = to_source(
        [*read_documents(yaml.safe_dump(secret), str(tmp_path / "secret.yaml")).documents, pod],
        file=str(tmp_path / "app.py"),
    )
    of_pipe = to_source([secret, pod])

    assert of_file.counts == {"short": 1, "file": 1}
    assert '.add(Yaml("secret.yaml"))' in of_file.text
    assert of_pipe.counts == {"short": 1, "existing": 1}
    assert 'env_from=[Secret.existing("db")]' in of_pipe.text
    assert "hunter2" not in of_file.text + of_pipe.text
