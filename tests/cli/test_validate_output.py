"""What `kpy validate` writes when there is much to say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_validate import BAD, GOOD, Run, kpy

__all__ = ["kpy"]


def write_bad(count: int) -> None:
    for number in range(count):
        Path(f"{number:03}.yaml").write_text(BAD.replace("bad", f"bad-{number}").replace("dta", f"dta{number}"))


def test_table_of_rules_follows_many_findings(kpy: Run) -> None:
    write_bad(12)

    assert kpy("validate", ".")[2] == (
        "    12 error    unknown-field  in 12 files\n"
        "12 objects checked: 12 errors\n"
        "to learn more: kpy explain unknown-field\n"
    )


def test_few_findings_need_no_table(kpy: Run) -> None:
    write_bad(2)

    assert kpy("validate", ".")[2] == "2 objects checked: 2 errors\nto learn more: kpy explain unknown-field\n"


def test_hundred_findings_are_shown_and_the_rest_is_counted(kpy: Run) -> None:
    write_bad(103)

    code, out, err = kpy("validate", ".")

    assert code == 1
    assert out.count("error[unknown-field]") == 100
    assert out.endswith("\n\n... and 3 more findings: --all-findings shows all of them\n")
    assert "103 objects checked: 103 errors\n" in err
    assert kpy("validate", ".", "--all-findings")[1].count("error[unknown-field]") == 103


def test_small_file_cannot_fill_the_screen(kpy: Run) -> None:
    """What is left out is not even looked up in the source."""
    Path("a.yaml").write_text("apiVersion: v1\nkind: List\nitems:\n" + "- {}\n" * 3_000)

    for form, most in (("text", 50_000), ("short", 50_000), ("github", 50_000), ("json", 800_000), ("sarif", 800_000)):
        assert len(kpy("validate", "a.yaml", "--format", form)[1]) < most


def test_statistics_are_the_product(kpy: Run) -> None:
    write_bad(3)
    Path("k8s").mkdir()
    Path("k8s/kustomization.yaml").write_text("resources: []\n")

    assert kpy("validate", ".", "--statistics") == (
        1,
        "     3 error    unknown-field  in 3 files\n     1 note     kustomization  in 1 file\n",
        "3 objects checked: 3 errors, 1 note\nnot judged: 1 kustomization\nto learn more: kpy explain unknown-field\n",
    )


@pytest.mark.parametrize(("form", "is_hinted"), [("text", True), ("short", True), ("github", True), ("json", False)])
def test_who_gets_no_notes_is_told_how_to_see_them(kpy: Run, form: str, is_hinted: bool) -> None:
    Path("k8s").mkdir()
    Path("k8s/kustomization.yaml").write_text("resources: []\n")

    assert ("(--notes shows notes)" in kpy("validate", "k8s", "--format", form)[2]) == is_hinted


def test_statistics_are_json_too(kpy: Run) -> None:
    write_bad(3)

    assert json.loads(kpy("validate", ".", "--statistics", "--format", "json")[1]) == {
        "rules": [{"rule": "unknown-field", "severity": "error", "findings": 3, "files": 3}],
        "summary": {"errors": 3, "warnings": 0, "notes": 0, "not_judged": {}},
    }


def test_statistics_are_no_annotations(kpy: Run) -> None:
    Path("a.yaml").write_text(GOOD)

    assert kpy("validate", ".", "--statistics", "--format", "github") == (
        2,
        "",
        "error: --statistics is written as text or json, not as github\n",
    )


def test_data_is_in_no_groups(kpy: Run) -> None:
    Path("a.yaml").write_text(GOOD)

    assert kpy("validate", ".", "--group", "rule", "--format", "json") == (
        2,
        "",
        "error: --group is about text and short, not about json\n",
    )


def test_other_commands_say_who_shows_all(kpy: Run) -> None:
    Path("app.py").write_text(
        "from kpy import *\napp = App('a')\nchart = app.add(Chart('c'))\n"
        "for number in range(102):\n    chart.add(ConfigMap(f'A{number}'))\n"
    )

    err = kpy("synth", "app.py")[2]

    assert err.count("error[name-format]") == 100
    assert "... and 2 more findings: kpy validate --all-findings shows all of them\n" in err
    assert "102 errors; nothing was written" in err


def test_line_of_source_is_shown_once(kpy: Run) -> None:
    Path("a.yaml").write_text(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dta: {}, binry: {}, imutable: 1}\n"
    )

    out = kpy("validate", "a.yaml")[1]

    assert out.count("error[unknown-field]") == 3
    assert out.count("    1 | ") == 1


def test_line_with_nothing_in_it_is_not_shown(kpy: Run) -> None:
    Path("kustomization.yaml").write_text("\n\nresources: []\n")

    assert "    1 | " not in kpy("validate", ".", "--notes")[1]


@pytest.mark.parametrize(("group", "title"), [("file", "000.yaml: 1 error"), ("rule", "unknown-field: 2 errors")])
def test_findings_are_put_together(kpy: Run, group: str, title: str) -> None:
    write_bad(2)

    assert kpy("validate", ".", "--group", group)[1].startswith(f"{title}\n\n000.yaml:5:1: error[unknown-field]")
