"""Secrets that SOPS has encrypted, in an app: referred to, and never changed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from secrets_at_rest import ENCRYPTED

from kpy import App, Chart, Container, Deployment, Raw, Secret, SynthError, UsageError, Yaml


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "db.enc.yaml"
    path.write_text(ENCRYPTED)
    return path


def shop(vendor: Yaml | Raw, key: str = "password", **arguments: Any) -> App:
    app = App("shop", labels={"team": "shop"}, annotations={"owner": "shop"})
    chart = app.add(Chart("shop", **{"namespace": "shop", **arguments}))
    chart.add(vendor)
    if isinstance(vendor, Yaml):
        chart.add(reader(vendor, key))
    return app


def reader(vendor: Yaml, key: str = "password") -> Deployment:
    env = {"PASSWORD": vendor.find("Secret", "db")[key]}
    return Deployment("api", containers=[Container(image="api:1", env=env)])


def shortened(error: object) -> str:
    text = re.sub(r"[^\s(]*test_encrypted\.py:\d+", "FILE", str(error))
    return re.sub(r"[^\s(\"`']*db\.enc\.yaml", "db.enc.yaml", text)


def test_encrypted_document_passes_byte_for_byte_and_is_referred_to(file: Path) -> None:
    manifest = shop(Yaml(file)).synth()

    variable = manifest.find("Deployment").tree["spec"]["template"]["spec"]["containers"][0]["env"][0]
    assert manifest.find("Secret").text == ENCRYPTED
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "db", "key": "password"}
    assert manifest.find("Deployment").metadata["labels"] == {"team": "shop"}
    assert [(each.severity, each.rule) for each in manifest.report] == [("note", "encrypted")]


def test_encrypted_document_of_a_text_passes_byte_for_byte() -> None:
    text = "---\n" + ENCRYPTED + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"

    manifest = shop(Yaml.text(text)).synth()

    assert manifest.find("Secret").text == ENCRYPTED


def test_line_ends_of_windows_stay(file: Path) -> None:
    file.write_bytes(ENCRYPTED.replace("\n", "\r\n").encode())

    assert shop(Yaml(file)).synth().find("Secret").text == ENCRYPTED.replace("\n", "\r\n")


def test_encrypted_document_has_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    app = shop(Yaml(file))

    app.synth().write(tmp_path / "charts")
    app.synth().write(tmp_path / "resources", layout="resource")

    assert (tmp_path / "charts" / "shop-secret-shop-db.enc.yaml").read_text() == ENCRYPTED
    assert "ENC[" not in (tmp_path / "charts" / "shop.yaml").read_text()
    assert (tmp_path / "resources" / "shop" / "secret-shop-db.enc.yaml").read_text() == ENCRYPTED


def test_key_that_the_encrypted_secret_does_not_have_is_an_error(file: Path) -> None:
    with pytest.raises(SynthError) as error:
        shop(Yaml(file), "passwort").synth()

    (finding,) = [each for each in error.value.report if each.severity == "error"]
    assert (finding.rule, finding.fix) == ("secret-key-missing", 'did you mean "password"?')


def test_raw_secret_keeps_the_order_of_its_values() -> None:
    tree = {
        "kind": "Secret",
        "apiVersion": "v1",
        "stringData": {"b": "ENC[AES256_GCM,data:x,type:str]", "a": "ENC[AES256_GCM,data:x,type:str]"},
        "metadata": {"name": "db", "namespace": "shop"},
        "sops": {"mac": "x", "version": "3.11.0"},
    }

    resource = shop(Raw(tree)).synth().find("Secret")

    assert resource.tree == tree
    assert [line for line in resource.text.splitlines() if not line.startswith(" ")] == [
        "kind: Secret",
        "apiVersion: v1",
        "stringData:",
        "metadata:",
        "sops:",
    ]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"namespace": "other"}, "namespace"),
        ({"labels": {"a": "b"}}, "labels"),
        ({"annotations": {"a": "b"}}, "annotations"),
        ({"protect": True}, "protect"),
        ({"aliases": ["old"]}, "aliases"),
        ({"patch": {"Secret/db": {"type": "x"}}}, "patch"),
    ],
)
def test_what_would_change_an_encrypted_document_is_refused(file: Path, arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(UsageError) as error:
        shop(Yaml(file, **arguments)).synth()

    assert shortened(error.value) == (
        f'FILE: `{field}` of Yaml "db.enc.yaml" (FILE) would change Secret "shop/db" (db.enc.yaml:2:1), which SOPS has '
        "encrypted and signed: then nobody can decrypt it. Change the file itself, by `sops edit db.enc.yaml`"
    )


def test_change_of_an_encrypted_object_that_was_found_is_refused(file: Path) -> None:
    vendor = Yaml(file)
    vendor.find("Secret", "db").string_data = {"password": "other"}
    patched = Yaml(file)
    patched.find(Secret).add_patch({"type": "x"})

    with pytest.raises(UsageError) as changed:
        shop(vendor).synth()
    with pytest.raises(UsageError) as again:
        shop(patched).synth()

    assert shortened(changed.value) == (
        'FILE: Secret "shop/db" (db.enc.yaml:2:1) was changed, and SOPS has encrypted and signed it: '
        "change the file itself, by `sops edit db.enc.yaml`"
    )
    assert shortened(again.value) == (
        'FILE: `patch` would change Secret "shop/db", which SOPS has encrypted and signed: then nobody can decrypt it; '
        "change the file itself, by `sops edit`"
    )


def test_namespace_that_cannot_be_written_is_told(file: Path) -> None:
    file.write_text(ENCRYPTED.replace("    namespace: shop\n", ""))

    (finding,) = [each for each in shop(Yaml(file)).synth().report if each.severity == "warning"]

    assert finding.rule == "encrypted-without-namespace"
    assert finding.message == (
        "it says no namespace, and 'shop', that of its chart, cannot be written into what is encrypted"
    )
    assert shortened(finding.fix) == "write `namespace: shop` into its metadata, by `sops edit db.enc.yaml`"


def test_documents_that_are_signed_together_are_told(file: Path) -> None:
    file.write_text(f"{ENCRYPTED}---\n{ENCRYPTED.replace('name: db', 'name: other')}")

    found = [each for each in shop(Yaml(file)).synth().report if each.rule == "sops-signed-together"]

    assert [each.message for each in found][:1] == [
        "SOPS has signed the 2 documents of this file together: alone, as it is written, none can be decrypted"
    ]
    waived = Yaml(file, waive={"sops-signed-together": "Flux does not look at signatures"})
    assert [each.rule for each in shop(waived).synth().report] == ["encrypted"]


def test_value_in_the_clear_is_an_error(file: Path) -> None:
    file.write_text(re.sub(r"password: ENC.*", "password: swordfish-in-the-clear", ENCRYPTED))

    with pytest.raises(SynthError) as error:
        shop(Yaml(file)).synth()

    (finding,) = [each for each in error.value.report if each.severity == "error"]
    assert finding.rule == "sops-value-in-clear"
    assert "swordfish" not in str(error.value)


def test_json_is_written_without_a_change_of_the_values(file: Path) -> None:
    tree = shop(Yaml(file)).synth().find("Secret").tree

    assert list(json.loads(json.dumps(tree))) == ["apiVersion", "kind", "metadata", "type", "stringData", "sops"]


def test_document_whose_kind_is_encrypted_is_an_error(file: Path) -> None:
    file.write_text(ENCRYPTED.replace("kind: Secret", "kind: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"))
    app = App("shop")
    app.add(Chart("shop")).add(Yaml(file))

    with pytest.raises(SynthError) as error:
        app.synth()

    (finding,) = error.value.report.errors
    assert finding.message == "SOPS has encrypted all of it, so that nobody can tell which object it is"
    assert finding.fix == (
        "encrypt the values of a Secret alone: `sops encrypt --encrypted-regex '^(data|stringData)$'`"
    )
