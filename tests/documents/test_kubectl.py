"""What kubectl reads, and what it refuses: what its reader (apimachinery 0.36) said of each text is written here."""

from __future__ import annotations

from typing import Any

import pytest

import kpy
from kpy.documents import read_documents

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
JSON = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}%s}'
_AGAIN = f"{HEAD}---\n{HEAD}"


def read(text: str) -> tuple[list[Any], list[str]]:
    """Return the objects and the errors of a text."""
    documents, errors = read_documents(text)
    objects = [item.tree for document in documents for item in document.items()]
    return objects, [f"{error.where}: {error.message}" for error in errors]


DIRECTIVE = "kubectl cuts a text at its `---` and refuses the directive that is left over"
SEPARATOR = "kubectl takes nothing but a comment behind `---`"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (f"%YAML 1.1\n---\n{HEAD}", f"<text>:1:1: {DIRECTIVE}"),
        (f"# c\n%YAML 1.1\n---\n{HEAD}", f"<text>:2:1: {DIRECTIVE}"),
        (f"%TAG ! tag:x,2000:\n---\n{HEAD}", f"<text>:1:1: {DIRECTIVE}"),
        ("--- {apiVersion: v1, kind: ConfigMap}\n", f"<text>:1:5: {SEPARATOR}"),
        (f"{HEAD}--- {{a: 1}}\n", f"<text>:4:5: {SEPARATOR}"),
        ("--- |\n text\n", f"<text>:1:5: {SEPARATOR}"),
        ("--- !!map\na: 1\n", f"<text>:1:5: {SEPARATOR}"),
        (f"{HEAD}---x\n", f"<text>:4:4: {SEPARATOR}"),
        (HEAD + 'data: {a: "x\\/y"}\n', r"<text>:4:11: kubectl knows the escape `\/` in JSON alone"),
        (HEAD + 'data: {a: "x\\\\\\/y"}\n', r"<text>:4:11: kubectl knows the escape `\/` in JSON alone"),
        (f"{HEAD}data: {{a: b?c}}\n", "<text>:4:11: kubectl takes no `?` in plain text within [] and {}"),
        (f"{HEAD}data: [http://a/?b=c]\n", "<text>:4:8: kubectl takes no `?` in plain text within [] and {}"),
        (f"{HEAD}data: {{a: !!null 08}}\n", "<text>:4:11: the value does not fit its tag: `!!null` is for null"),
        (
            f"{HEAD}data: {{a: !!timestamp x}}\n",
            "<text>:4:11: the value does not fit its tag: `!!timestamp` is for dates and times",
        ),
        (
            f"{HEAD}data: {{a: !!binary '*'}}\n",
            "<text>:4:11: the value does not fit its tag: `!!binary` is for text in base64",
        ),
        (JSON % ',"a":1e400', "<text>:1:67: 1e400 is more than JSON's numbers hold"),
        (
            f"{JSON % ''}\n{JSON % ''}\n---\n{HEAD}",
            "<text>:3:1: behind two JSON values kubectl reads JSON alone, and this is none",
        ),
        (JSON % r',"a":"\ud800","a":1', "<text>:1:1: a key is given twice"),
    ],
)
def test_what_kubectl_refuses_is_refused(text: str, error: str) -> None:
    assert read(text)[1] == [error]


def test_integer_tag_takes_no_fraction() -> None:
    for number in ("3.0", "1e3", "99999999999999999999"):
        _, errors = read(f"{HEAD}data: {{a: !!int {number}}}\n")
        assert len(errors) == 1, number


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        (f"---\n{_AGAIN}", [CONFIG, CONFIG]),
        (f"--- # c\n{HEAD}---\t\n{HEAD}---   \n", [CONFIG, CONFIG]),
        (f"---\n%YAML 1.1\n---\n{HEAD}", [CONFIG]),
        (f"{HEAD}...\n%YAML 1.1\n---\n{HEAD}", [CONFIG, CONFIG]),
        (_AGAIN.replace("\n", "\r\n"), [CONFIG, CONFIG]),
        (f"\ufeff{HEAD}---\n\ufeff{HEAD}", [CONFIG, CONFIG]),
        (f"{JSON % ''}{JSON % ''}", [CONFIG, CONFIG]),
        (f"{JSON % ''}---\n{HEAD}", [CONFIG, CONFIG]),
        (f"{JSON % ''}\n---\n{HEAD}---\n{JSON % ''}", [CONFIG, CONFIG, CONFIG]),
        (JSON % r',"data":{"a":"x\/y"}', [{**CONFIG, "data": {"a": "x/y"}}]),
        (JSON % r',"data":{"a":"\ud83d\ude00"}', [{**CONFIG, "data": {"a": "\U0001f600"}}]),
        (JSON % r',"data":{"\ud800":"\ud800"}', [{**CONFIG, "data": {"\ufffd": "\ufffd"}}]),
        (HEAD + 'data: {a: "x\\\\/y"}\n', [{**CONFIG, "data": {"a": "x\\/y"}}]),
        (f"{HEAD}data: {{a: 'b?c'}}\n", [{**CONFIG, "data": {"a": "b?c"}}]),
        (f"{HEAD}data:\n  a: b?c\n", [{**CONFIG, "data": {"a": "b?c"}}]),
        (f"{HEAD}data: {{a: ! 3, b: !!timestamp 2024-1-2}}\n", [{**CONFIG, "data": {"a": "3", "b": "2024-1-2"}}]),
        (f"{HEAD}data: {{a: {'9' * 400}}}\n", [{**CONFIG, "data": {"a": "9" * 400}}]),
        (f"{HEAD}data: {{a: 18446744073709551616}}\n", [{**CONFIG, "data": {"a": 18446744073709551616}}]),
        ("apiVersion: v1\nkind: List\nitems: []\n", []),
        ("apiVersion: v1\nkind: ConfigMapList\nitems: null\n", []),
        ("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMapList, items: [metadata: {name: a}]}\n",
         [CONFIG]),
        ("apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}, {kind: Secret}, {apiVersion: v2}]\n",
         [CONFIG, {"kind": "Secret"}, {"apiVersion": "v2"}]),
    ],
)  # fmt: skip
def test_what_kubectl_takes_is_taken(text: str, objects: list[Any]) -> None:
    assert read(text) == (objects, [])


def test_app_takes_the_items_of_a_typed_list(tmp_path: Any) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: one}\n- metadata: {name: two}\n")
    app = kpy.App("shop")
    app.add(kpy.Chart("shop", namespace="x")).add(kpy.Yaml(file))

    resources = app.synth().resources

    assert [(each.kind, each.name) for each in resources] == [("ConfigMap", "one"), ("ConfigMap", "two")]
