"""`kpy explain`: what a rule refuses, and why."""

from pathlib import Path

import pytest

from kpy.checking.registry import BUILT_IN
from kpy.cli.main import run


def explain(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["explain", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_rule_is_explained_with_its_source_and_how_to_ignore_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = explain(capsys, "unknown-field")

    assert code == 0
    assert out == (
        "unknown-field: error, family schema (names, types and releases)\n"
        "\n"
        "Refuse a field that the API does not have; names are case-sensitive.\n"
        "\n"
        "Source:         https://kubernetes.io/docs/reference/using-api/api-concepts/"
        "#setting-the-field-validation-level\n"
        'Ignore it:      ignore = ["unknown-field"] under [tool.kpy] in pyproject.toml\n'
        'For one object: waive={"unknown-field": "the reason"}, or the annotation kpy.dev/waive.unknown-field\n'
    )


def test_policy_says_how_to_have_it_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert 'select = ["image-tag-missing"] under [tool.kpy]' in explain(capsys, "image-tag-missing")[1]


def test_pattern_lists_the_rules_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = explain(capsys, "secret-*")

    assert code == 0
    assert "  secret-tls-not-pem " in out
    assert "  unknown-field " not in out


def test_nothing_lists_all_rules(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = explain(capsys)

    assert {rule.name for rule in BUILT_IN.rules()} == {
        line.split()[0] for line in out.split("\n") if line.startswith("  ")
    }


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("unknown-feild", "did you mean unknown-field?"),
        ("tls-not-pem", "did you mean secret-tls-not-pem?"),
        ("xy-zzy", "`kpy explain` lists all rules"),
    ],
)
def test_rule_that_is_not_there_is_answered_with_the_right_one(
    capsys: pytest.CaptureFixture[str], name: str, hint: str
) -> None:
    code, out, err = explain(capsys, name)

    assert (code, out) == (2, "")
    assert err == f"error: there is no rule {name}; {hint}\n"


def test_findings_name_rules_that_can_be_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("")
    Path("b.yaml").write_text("a: [")

    run(["validate", "a.yaml", "b.yaml"])

    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "to learn more: kpy explain yaml-syntax, kpy explain no-documents"
    for command in last.removeprefix("to learn more: ").split(", "):
        assert run(command.split()[1:]) == 0
