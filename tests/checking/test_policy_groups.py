"""The groups of policies: what is recommended, what people know by other names, and how a stranger hears of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.checking.policies import policies_of
from kpy.checking.policy_groups import GROUPS
from kpy.checking.registry import BUILT_IN
from kpy.cli.main import run
from kpy.validation import validate

POLICIES = {policy.rule.name: policy for policy in policies_of(BUILT_IN)}
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
OFF = "policies are off: --select recommended, or `select` in [tool.kpy], checks good practice, too\n"


@pytest.mark.parametrize("name", POLICIES)
def test_policy_says_what_is_reported_and_why_it_matters(name: str) -> None:
    rule = POLICIES[name].rule

    assert rule.about.endswith(".")
    assert 30 < len(rule.why) < 330
    assert rule.why.endswith(".")


def test_explaining_says_why_it_matters(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "image-digest-missing"]) == 0
    assert (
        "An image is not named by its digest.\n\n"
        "Why it matters: A tag can be moved to another image, by mistake or by an attacker; a digest is\n"
        "always the same image.\n\n"
    ) in capsys.readouterr().out


def test_explaining_a_group_lists_its_policies(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "cis-5.3"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "cis-5.3: 2 policies, checked by --select cis-5.3 or by `select` in [tool.kpy]"
    assert [row.split()[0] for row in rows] == ["network-policy-allows-all", "network-policy-missing"]


def test_explaining_a_policy_names_its_groups(capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", "network-policy-allows-all"])

    assert "In the groups:  cis, cis-5.3, network, nsa, recommended\n" in capsys.readouterr().out


def test_groups_name_rules_that_there_are_once_and_in_order() -> None:
    for group, rules in GROUPS.items():
        assert sorted(set(rules.split()) - POLICIES.keys()) == [], group
        assert len(set(rules.split())) == len(rules.split()), group


@pytest.mark.parametrize("group", ["recommended", "cis", "cis-5.1", "nsa", "pod-security-baseline"])
def test_group_selects(group: str) -> None:
    assert any(group in policy.groups for policy in POLICIES.values())
    assert validate([], select=[group]).ok


def test_sections_are_part_of_the_whole() -> None:
    sections = {rule for group, rules in GROUPS.items() if group.startswith("cis-") for rule in rules.split()}

    assert {name for name, policy in POLICIES.items() if "cis" in policy.groups} == sections


def test_nothing_recommended_is_an_error() -> None:
    """An error stops `kpy synth`, and what is good practice is for people to decide."""
    recommended = [policy.rule for policy in POLICIES.values() if "recommended" in policy.groups]

    assert [rule.name for rule in recommended if rule.severity == "error"] == []


def test_summary_says_that_policies_are_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(CONFIG)

    assert run(["validate", "a.yaml"]) == 0
    assert capsys.readouterr().err == f"1 object checked: no findings\n{OFF}"


@pytest.mark.parametrize("settings", ['select = ["recommended"]', 'ignore = ["policy"]'])
def test_who_has_decided_about_policies_hears_nothing(
    settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(CONFIG)
    Path("pyproject.toml").write_text(f"[tool.kpy]\n{settings}\n")

    run(["validate", "a.yaml"])

    assert capsys.readouterr().err == "1 object checked: no findings\n"


def test_new_project_checks_what_is_recommended_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["init"])
    capsys.readouterr()

    assert 'select = ["recommended"]' in Path("pyproject.toml").read_text()
    assert run(["validate"]) == 0
    assert capsys.readouterr().err == "3 objects checked: no findings\n"
