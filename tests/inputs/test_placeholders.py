"""A placeholder counts only where a server would refuse the text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run as kpy

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: main, image: "web:$TAG", args: ["${{HOME}}"]}}]
"""
Said = Callable[..., list[str]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Return what is said of a text, as a file in a folder or named."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, target: str = ".") -> list[str]:
        Path("a.yaml").write_text(text)
        kpy(["validate", target, "--notes"])
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith(("a.yaml", "./a.yaml"))]

    return run


@pytest.mark.parametrize(
    "name",
    [
        *("${NAME}", "__NAME__", '"{{ name }}"', "web-$$name$$", "$(name)", "<your name>", "'%NAME%'", "'@NAME@'"),
        *("MY_NAME", "REPLACEME-web", "'#{name}#'"),
    ],
)
def test_placeholder_is_one_note_in_a_folder_and_one_error_when_named(said: Said, name: str) -> None:
    text = DEPLOYMENT.format(name=name, replicas="${REPLICAS}")

    message = "[placeholder]: 2 fields have placeholders that a server would refuse"
    assert [line.partition(": ")[2] for line in said(text)] == [f"note{message}: not checked there"]
    assert [line.partition(": ")[2] for line in said(text, "a.yaml")] == [f"error{message}"]


def test_placeholder_where_any_text_is_taken_is_nothing(said: Said) -> None:
    assert said(DEPLOYMENT.format(name="web", replicas=3)) == []


def test_other_errors_of_the_file_stay(said: Said) -> None:
    text = DEPLOYMENT.format(name="Not_A_Name", replicas="${N}") + "  paused: maybe\n"

    assert [line.partition(": ")[2].partition("]")[0] for line in said(text)] == [
        "error[name-format",
        "error[wrong-type",
        "note[placeholder",
    ]


def test_word_in_capitals_that_a_closed_set_lacks_is_an_error(said: Said) -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: LOAD_BALANCER, ports: [{port: 80}]}\n"

    assert [line.partition(": ")[2].partition("]")[0] for line in said(text)] == ["error[unsupported-value"]


def test_misspelled_field_with_a_placeholder_is_an_error(said: Said) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {a: '${B}'}\n"

    assert [line.partition(": ")[2].partition("]")[0] for line in said(text)] == ["error[unknown-field"]


def test_name_with_a_placeholder_is_not_looked_for(said: Said) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
    spec = (
        "spec: {serviceAccountName: 'x', containers: [{name: a, image: 'a:1', envFrom: [{secretRef: {name: '%s'}}]}]}\n"
    )

    rules = [line.partition(": ")[2].partition("]")[0] for line in said(pod + spec % "${gone}")]
    assert rules == ["warning[service-account-missing", "note[placeholder"]
