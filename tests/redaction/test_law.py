"""The law: no value of a Secret is in any text that kpy prints, whatever is wrong with the Secret or its file.

Secrets are planted in every field that can hold one, in YAML, JSON and Python, and every command is run on them.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpy.cli.main import run

#: A long value, one with quotes and line ends, a number, and one of three characters.
LONG = "planted-Value-1!"
ODD = 'plan"ted\\two\nsecond line of it\n'
NUMBER = 4815162342
SHORT = "zQ9"
TRACES = (
    LONG,
    b64encode(LONG.encode()).decode(),
    b64encode(ODD.encode()).decode(),
    'plan"ted',
    'plan\\"ted',
    "second line of it",
    str(NUMBER),
    SHORT,
)

HEAD: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "shop"}}
ENCODED = b64encode(LONG.encode()).decode()
#: Secrets with something wrong, or nothing.
FAULTS: dict[str, dict[str, Any]] = {
    "sound": {"data": {"a": ENCODED}, "stringData": {"b": ODD}},
    "plain text in data": {"data": {"a": LONG, "b": SHORT, "c": ODD}},
    "numbers": {"data": {"a": NUMBER}, "stringData": {"b": NUMBER}},
    "truth values": {"stringData": {"a": True, "b": LONG}},
    "a list": {"data": [LONG, SHORT], "stringData": [ODD]},
    "a text": {"data": LONG, "stringData": SHORT},
    "lists within": {"stringData": {"a": [LONG], "b": {"c": ODD, "d": SHORT}}},
    "an unknown field": {"password": LONG, "stringdata": {"a": ODD}, "pin": NUMBER},
    "a bad key": {"stringData": {"bad key": LONG, "..": ODD, "": SHORT}},
    "a bad name": {"metadata": {"name": "Bad_Name"}, "stringData": {"a": LONG, "b": SHORT}},
    "a wrong type": {"type": "kubernetes.io/tls", "data": {"tls.crt": ENCODED, "tls.key": LONG}},
    "a broken docker config": {
        "type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": '{"auths": ' + LONG}
    },
    "a broken login": {"type": "kubernetes.io/basic-auth", "stringData": {"pass": LONG}},
    "a token": {"type": "bootstrap.kubernetes.io/token", "stringData": {"token-secret": LONG, "expiration": ODD}},
    "an immutable text": {"immutable": LONG, "stringData": {"a": LONG}},
    "an annotation of the same value": {
        "metadata": {"name": "db", "annotations": {"x": LONG, "Bad Key": LONG}}, "stringData": {"a": LONG}
    },
    "a type of the same value": {"type": LONG, "stringData": {"a": LONG}},
    "a kind with a slip": {"kind": "Secert", "stringData": {"a": LONG, "b": SHORT}},
    "a kind in small letters": {"kind": "secret", "stringData": {"a": LONG, "b": SHORT}},
    "another group": {"apiVersion": "acme.io/v1", "stringData": {"a": LONG, "b": SHORT}},
    "what kubectl keeps": {
        "metadata": {"name": "db", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"stringData": {"a": LONG}})}},
        "stringData": {"a": LONG},
    },
}  # fmt: skip
#: What stands beside a Secret, with its value in it.
BESIDE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "Config_", "labels": {"x": LONG}},
    "data": {"a": LONG},
}
#: What is known for a secret only as long as the Secret can be read, and where all of the value is the secret.
OF_SAME_VALUE = {name for name in FAULTS if "same value" in name or name == "an immutable text"}


def in_yaml(trees: list[dict[str, Any]]) -> str:
    return yaml.safe_dump_all(trees, sort_keys=False)


def in_flow(trees: list[dict[str, Any]]) -> str:
    return "---\n".join(yaml.safe_dump(tree, default_flow_style=True, width=10_000) for tree in trees)


def in_json(trees: list[dict[str, Any]]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": trees})


def in_a_stream(trees: list[dict[str, Any]]) -> str:
    return " ".join(json.dumps(tree, sort_keys=True) for tree in trees)


FORMS: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "yaml": in_yaml, "flow": in_flow, "json": in_json, "stream": in_a_stream,
}  # fmt: skip
#: What happens to a text that makes it hard to read.
BROKEN: dict[str, Callable[[str], str]] = {
    "unclosed": lambda text: text.rstrip().rstrip("}\"'") + ' "',
    "tab": lambda text: text.replace("\n  ", "\n\t", 1) if "\n  " in text else "\t" + text,
    "key twice": lambda text: text.replace("{", '{"a": 1, "a": 2, ', 1) if "{" in text else text + "kind: Secret\n",
    "template": lambda text: text + "\n{{ if x }}\n",
    "tags": lambda text: text.replace(LONG, f"!!int {LONG}").replace(": zQ9", ": !!binary zQ9"),
    "carriage returns": lambda text: text.replace("\n", "\r"),
    "line separators": lambda text: f"# \u2028 \x85\n{text}",
}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command line in a folder of its own and return all that it says."""
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> str:
        code = run(words)
        assert code in (0, 1, 2)
        return "".join(capsys.readouterr())

    return said


def leaks(text: str) -> list[str]:
    return [line for line in text.split("\n") if any(trace in line for trace in TRACES)]


def commands(file: str) -> Iterator[tuple[str, ...]]:
    for form in ("text", "json", "github"):
        yield ("validate", file, "--format", form)
    for form in ("text", "json", "markdown"):
        yield ("compare", "other.yaml", file, "--format", form)
        yield ("compare", file, "other.yaml", "--format", form)
    yield ("graph", file)


OTHER = {**HEAD, "stringData": {"a": "quite-another"}, "data": {"b": "YmJi"}, "type": "Opaque"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_is_shown_of_documents(said: Callable[..., str], fault: str, form: str) -> None:
    Path("other.yaml").write_text(in_yaml([OTHER, {**BESIDE, "data": {"a": "another"}}]))
    file = "a.yaml" if form in ("yaml", "flow") else "a.json"
    texts = FAULTS[fault].get("stringData")
    beside = [BESIDE] if isinstance(texts, dict) and LONG in texts.values() else []
    Path(file).write_text(FORMS[form]([{**HEAD, **FAULTS[fault]}, *beside]))

    assert [leaked for words in commands(file) if (leaked := leaks(said(*words)))] == []


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("form", FORMS)
def test_no_secret_is_shown_of_texts_that_are_hard_to_read(said: Callable[..., str], form: str, how: str) -> None:
    Path("other.yaml").write_text(in_yaml([OTHER]))
    for number, fault in enumerate(fault for name, fault in FAULTS.items() if name not in OF_SAME_VALUE):
        Path(f"{number}.yaml").write_bytes(BROKEN[how](FORMS[form]([{**HEAD, **fault}])).encode())

        assert leaks(said("validate", f"{number}.yaml")) == []
    assert leaks(said("compare", "other.yaml", "0.yaml")) == []


PYTHON = {
    "literals": "Secret.from_literals('db', {values})",
    "bad literals": "Secret.from_literals('db', [{values}])",
    "text for literals": "Secret.from_literals('db', str({values}))",
    "data": "Secret('db', data={values})",
    "string data": "Secret('db', string_data={values})",
    "data as a text": "Secret('db', data=str({values}))",
    "sets": "Secret('db', string_data={{'a': {{{long}}}}})",
    "bad name": "Secret('Bad Name', string_data={values})",
    "bad keys": "Secret('db', string_data={{'bad key': {long}, '': {short}}})",
    "unknown argument": "Secret('db', pasword={long}, stringData={values})",
    "too many arguments": "Secret('db', {long})",
    "basic auth": "Secret.basic_auth('db', {short}, [{long}])",
    "tls": "Secret.tls('db', {long}, {odd})",
    "registry": "Secret.docker_registry('db', server='x', username='u', password=[{long}])",
    "annotation": "Secret('db', string_data={values}, annotations={{'Bad Key': {long}}})",
    "waived badly": "Secret('db', string_data={values}, waive={{'no-such-rule': {long}}})",
    "raw": "Raw({{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {{'name': 'a'}}, 'data': {values}, 'pw': {long}}})",
    "model": "core.Secret(data={{'a': {{{long}}}}})",
    "yaml": "Yaml('a.yaml')",
    "beside": "[Secret('db', string_data={values}), ConfigMap('Bad_', data={{'a': {long}}})]",
    "raises": "[Secret('db', string_data={values}), int({long})]",
}
PROGRAM = """
import os
from kpy import *
from kpy.api.core import v1 as core

app = App("shop")
chart = app.add(Chart("shop", namespace="shop"))
made = {made}
for each in made if isinstance(made, list) else [made]:
    chart.add(each)
"""


@pytest.mark.parametrize("source", ["program", "environment"])
@pytest.mark.parametrize("call", PYTHON)
def test_no_secret_is_shown_of_programs(
    said: Callable[..., str], monkeypatch: pytest.MonkeyPatch, call: str, source: str
) -> None:
    values = {"A_PASSWORD": LONG, "B_PASSWORD": SHORT, "C_PASSWORD": ODD}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    long, short, odd = (
        repr(value) if source == "program" else f"os.environ[{name!r}]" for name, value in values.items()
    )
    Path("a.yaml").write_text(in_yaml([{**HEAD, **FAULTS["plain text in data"]}]))
    everything = f"{{'a': {long}, 'b': {short}, 'c': {odd}, 'd': {NUMBER}}}"
    made = PYTHON[call].format(values=everything, long=long, short=short, odd=odd)
    Path("shop.py").write_text(PROGRAM.replace("{made}", made))

    texts = [said("validate", "shop.py", "--format", form) for form in ("text", "json", "github")]
    texts += [said("compare", "shop.py", "shop.py"), said("graph", "shop.py")]
    texts += [said("synth", "shop.py", "-o", "out", "--print-after", "lower", "--print-after", "validate")]
    Path("out").mkdir(exist_ok=True)
    Path("out/shop.yaml").write_text(in_yaml([{**HEAD, **FAULTS["sound"]}]))
    texts += [said("synth", "shop.py", "-o", "out", "--check")]

    own = (f"int({long})",) if source == "program" else ()
    assert [line for text in texts for line in leaks(text) if not any(mark in line for mark in own)] == []


def test_the_law_is_held_by_something() -> None:
    """The planted values would be found if they were shown."""
    assert leaks(f"error: {LONG}\n")
    assert leaks(in_yaml([{**HEAD, **FAULTS["plain text in data"]}]))
