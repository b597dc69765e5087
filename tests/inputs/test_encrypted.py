"""Documents that SOPS has encrypted: one note; what is open is checked, and what should not be open is an error."""

from __future__ import annotations

import pytest

from kpy.cli.main import run
from kpy.inputs.encrypted import values_in_the_clear
from tests.inputs.conftest import Look

CIPHER = "ENC[AES256_GCM,data:k3jd8s==,iv:YWE=,tag:YmI=,type:str]"
HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n"
OWN = "sops:\n  age: [{recipient: age1example, enc: x}]\n  lastmodified: '2026-01-01T00:00:00Z'\n  version: 3.9.0\n"
ONLY_DATA = f"{OWN}  encrypted_regex: ^(data|stringData)$\n"


@pytest.mark.parametrize("name", ["", "secret.yaml"])
def test_document_is_one_note_in_a_folder_and_named(look: Look, name: str) -> None:
    _, said = look({"secret.yaml": f'{HEAD}data: {{password: "{CIPHER}"}}\n{ONLY_DATA}'}, name=name)

    assert said == [
        "note[encrypted] the document is encrypted by SOPS, and must be decrypted before it is applied: "
        "only the rest is checked"
    ]


def test_wholly_encrypted_documents_are_not_judged(look: Look) -> None:
    text = f'apiVersion: "{CIPHER}"\nkind: "{CIPHER}"\nmetadata: {{name: "{CIPHER}"}}\n{OWN}'

    files, said = look({"a.yaml": text, "b.yaml": text})

    assert files == []
    assert said == [
        "note[encrypted] 2 documents are encrypted by SOPS, and must be decrypted before they are applied: "
        "only the rest is checked"
    ]


def test_what_is_open_is_checked_and_no_value_is_shown(
    look: Look, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'{HEAD}tpe: Opaque\ndata: {{password: "{CIPHER}"}}\nstringData: {{user: hunter2-long}}\n{ONLY_DATA}'
    look({"a.yaml": text})

    code = run(["validate", "."])
    out = capsys.readouterr().out

    assert code == 1
    assert [line.partition("]")[0] for line in out.splitlines() if "error[" in line] == [
        "a.yaml:4:1: error[unknown-field",
        "a.yaml:6:20: error[sops-value-in-clear",
    ]
    assert "`stringData.user` can be read by everybody, although the rules of SOPS in the file say" in out
    assert "hunter2" not in out


@pytest.mark.parametrize(
    ("rules", "open_values"),
    [
        ({"encrypted_regex": "^data$"}, [("data", "a")]),
        ({"encrypted_regex": "^(data|stringData)$"}, [("data", "a"), ("stringData", "b_open"), ("stringData", "c")]),
        ({"unencrypted_regex": "^(data|metadata|apiVersion|kind|.*_open)$"}, [("stringData", "c")]),
        ({"unencrypted_suffix": "_open"}, [("data", "a"), ("stringData", "c")]),
        ({"encrypted_suffix": "_open"}, [("stringData", "b_open")]),
        ({"encrypted_regex": "^nothing$"}, []),
        ({"encrypted_regex": "("}, []),
        ({"encrypted_regex": "^data$", "encrypted_comment_regex": "x"}, []),
        ({}, []),
    ],
)
def test_rules_of_the_document_say_what_is_encrypted(rules: dict[str, str], open_values: list[tuple[str, str]]) -> None:
    tree = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db"},
        "data": {"a": "YQ==", "empty": "", "done": CIPHER, "none": None},
        "stringData": {"b_open": "b", "c": "c"},
        "sops": {"mac": CIPHER, "version": "3.9.0", **rules},
    }

    assert values_in_the_clear(tree) == open_values


def test_field_that_somebody_calls_sops_is_no_metadata_of_it(look: Look) -> None:
    assert look({"a.yaml": f"{HEAD}sops: {{a: b}}\n"}) == (["a.yaml"], [])
