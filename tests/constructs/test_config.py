"""ConfigMaps, Secrets and environments: what short forms write, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs.synthesis import said, tree, trees, web
from kpy import App, ArgumentError, Chart, ConfigMap, Container, LoadError, Raw, Secret, UsageError, Volume
from kpy.checking.choice import Choice
from kpy.pipeline.run import run


def test_env_takes_texts_keys_and_fields() -> None:
    from kpy.api.core.v1 import ObjectFieldSelector

    config, secret = ConfigMap("config"), Secret("secret")
    container = Container(
        image="a",
        env={"A": "b", "C": config["c"], "D": secret["d"], "IP": ObjectFieldSelector(field_path="status.podIP")},
        env_from=[config, secret.env(prefix="DB_")],
    )

    written = container.to_dict()

    assert written["env"] == [
        {"name": "A", "value": "b"},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"key": "c", "name": "config"}}},
        {"name": "D", "valueFrom": {"secretKeyRef": {"key": "d", "name": "secret"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
    ]
    assert written["envFrom"] == [
        {"configMapRef": {"name": "config"}},
        {"prefix": "DB_", "secretRef": {"name": "secret"}},
    ]


def test_content_annotation_rolls_the_pods_out() -> None:
    config = ConfigMap.from_literals("config", {"a": "b"}, content_hash="annotation")
    api = web(env_from=[config])

    template = tree(config, api, kind="Deployment")["spec"]["template"]

    assert template["metadata"]["annotations"] == {"checksum/configmap-config": "685c0c91ef"}


def test_whole_config_map_as_a_variable_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Container(image="a", env={"A": ConfigMap("config")})  # type: ignore[dict-item]  # the mistake under test

    assert said(caught.value) == (
        "FILE: `env` of Container: the variable 'A' is a whole ConfigMap: name a key, `...[\"key\"]`, "
        "or use `env_from=[...]`"
    )


def test_env_takes_keys_of_objects_outside_the_app() -> None:
    from kpy.api.core.v1 import ConfigMapKeySelector, SecretKeySelector

    container = Container(
        image="a",
        env={"A": SecretKeySelector(name="s", key="a"), "B": ConfigMapKeySelector(name="c", key="b")},
    )

    assert container.to_dict()["env"] == [
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "a"}}},
        {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "b"}}},
    ]


def test_existing_object_is_referred_to_and_not_written() -> None:
    secret = Secret.existing("made-elsewhere")
    api = web(env={"P": secret["password"]}, env_from=[secret], mounts={"/etc/secret": secret})

    (written,) = trees(api)

    spec = written["spec"]["template"]["spec"]
    assert spec["volumes"] == [{"name": "made-elsewhere", "secret": {"secretName": "made-elsewhere"}}]
    assert spec["containers"][0]["envFrom"] == [{"secretRef": {"name": "made-elsewhere"}}]


def test_existing_object_cannot_be_added() -> None:
    with pytest.raises(UsageError) as caught:
        trees(Secret.existing("made-elsewhere"))

    assert said(caught.value).endswith('to Chart "shop" (FILE): it exists outside the app')


def test_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "app.conf").write_text(folder)

    with pytest.raises(ArgumentError, match=r"two files have the key 'app\.conf', and one would be lost"):
        ConfigMap.from_files("config", tmp_path / "a", tmp_path / "b")


def test_variable_set_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.env").write_text("A=1\nA=2\n")

    with pytest.raises(LoadError, match=r"app\.env:2: 'A' is set twice; leave one out"):
        ConfigMap.from_env_file("config", tmp_path / "app.env")


def test_hash_of_content_counts_the_patch() -> None:
    plain = ConfigMap.from_literals("config", {"a": "b"}, content_hash=True)
    patched = ConfigMap.from_literals("config", {"a": "b"}, content_hash=True, patch={"data": {"a": "c"}})

    names = [each["metadata"]["name"] for each in trees(plain, patched)]

    assert names[0] != names[1]


def test_raw_object_names_objects() -> None:
    secret = Secret.from_literals("tls", {"a": "b"}, content_hash=True)
    route = Raw({"apiVersion": "x.io/v1", "kind": "Route", "metadata": {"name": "r"}, "spec": {"secrets": [secret]}})

    written, raw = trees(secret, route)

    assert raw["spec"] == {"secrets": [written["metadata"]["name"]]}


def test_projected_volume_takes_volumes_and_tokens() -> None:
    from kpy.api.core.v1 import ServiceAccountTokenProjection

    config = ConfigMap("config")
    token = ServiceAccountTokenProjection(path="token", audience="vault")

    volume = Volume.projected("all", [config.volume(items={"a": "b"}), token])

    assert volume.to_dict()["projected"]["sources"] == [
        {"configMap": {"name": "config", "items": [{"key": "a", "path": "b"}]}},
        {"serviceAccountToken": {"path": "token", "audience": "vault"}},
    ]


def test_secret_in_the_program_is_a_warning() -> None:
    app = App("shop")
    chart = app.add(Chart("shop"))
    chart.add(Secret.from_literals("db", {"username": "admin", "password": "open sesame"}))

    (found,) = app.synth().report

    assert said(found.to_text().splitlines()[0]) == (
        'FILE: warning[secret-in-program]: the value of "password" in Secret "db" is plain text in the program, and so '
        "in its repository"
    )
    assert found.field == "data[password]"


def test_what_an_app_alone_can_get_wrong_counts_as_the_project_says() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(Secret.from_literals("db", {"password": "open sesame"}))

    assert list(run(app, choice=Choice(ignore=["secret-in-program"])).report) == []


def test_secret_from_elsewhere_and_waived_one_are_no_warning() -> None:
    app = App("shop")
    chart = app.add(Chart("shop"))
    chart.add(Secret.from_literals("read", {"password": "".join(["from", "a", "vault"])}))
    chart.add(Secret.from_literals("test", {"password": "x y z"}, waive={"secret-in-program": "a test"}))

    assert list(app.synth().report) == []
