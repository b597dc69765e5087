"""Policies of installed packages, by entry points: chosen, waived and explained like those of kpy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kpy
from kpy import App, Chart, Container, Deployment, LoadError, Project, UsageError
from kpy.cli.main import run

POLICIES = '''\
import kpy


@kpy.policy("acme-image-registry", on="Container", groups=["acme", "images"])
def image_registry(container, at, check):
    """Images come from our registry."""
    if not container.get("image", "").startswith("registry.acme.example/"):
        check.report(at + "image", "the image is not of our registry", fix="take it from there")


@kpy.policy("acme-owner", on="ObjectMeta", groups=["acme"], waivable=False)
def owner(metadata, at, check):
    """Every object says whose it is."""
    if "owner" not in metadata.get("labels", {}):
        check.report(at + "labels", "there is no label `owner`", fix="add it")
'''
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
}
YAML = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}, annotations: {ANNOTATIONS}}
spec:
  containers: [{name: web, image: "nginx:1.29"}]
"""


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty folder of installed packages; kpy runs in a project beside it."""
    site = tmp_path / "site"
    shop = tmp_path / "shop"
    site.mkdir()
    shop.mkdir()
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(shop)
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if name.startswith(("acme_kpy", "other_kpy")):
            del sys.modules[name]


def install(site: Path, text: str = POLICIES, package: str = "acme-kpy", module: str = "") -> None:
    """Install a package with policies; `module` is the one that the entry point names, if that is another."""
    name = package.replace("-", "_")
    (site / name).mkdir()
    (site / name / "__init__.py").write_text("")
    (site / name / "policies.py").write_text(text)
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[kpy.policies]\nhouse = {module or f'{name}.policies'}\n")


def settings(text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.kpy]\n{text}\n")


def document(annotations: str = "{}") -> None:
    Path("web.yaml").write_text(YAML.replace("{ANNOTATIONS}", annotations))


def found(**said: Any) -> list[str]:
    return sorted({each.rule for each in kpy.validate([POD], **said)})


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (["acme-owner"], ["acme-owner"]),
        (["acme"], ["acme-image-registry", "acme-owner"]),
        (["acme-*"], ["acme-image-registry", "acme-owner"]),
        (["acme", "images"], ["acme-image-registry", "acme-owner", "image-digest-missing"]),
    ],
)
def test_policy_is_selected_by_name_group_and_pattern(site: Path, words: list[str], rules: list[str]) -> None:
    install(site)

    assert found(select=words) == rules


def test_all_policies_are_those_of_packages_too(site: Path) -> None:
    install(site)

    assert {"acme-owner", "acme-image-registry", "image-digest-missing"} <= set(found(select=["policy"]))


def test_policy_is_ignored_and_counts_as_much_as_is_said(site: Path) -> None:
    install(site)

    report = kpy.validate([POD], select=["acme"], ignore=["acme-owner"], severities={"acme-image-registry": "error"})

    assert [(each.severity, each.rule) for each in report] == [("error", "acme-image-registry")]


@pytest.mark.parametrize("said", [{"ignore": ["acme-*"]}, {"severities": {"acme-*": "error"}}, {"ignore": ["acme"]}])
def test_words_that_only_name_rules_of_a_package_are_known(site: Path, said: dict[str, Any]) -> None:
    install(site)

    assert found(**said) == []


@pytest.mark.parametrize("words", [["images"], ["image-tag-missing"], ["image-tag-missing", "images"]])
def test_packages_are_not_loaded_for_words_of_kpy(site: Path, words: list[str]) -> None:
    """So that a group of kpy means the same whatever else is installed."""
    install(site, "raise SystemExit('loaded')")

    assert not {"policy-failed", "acme-image-registry"} & set(found(select=words))


def test_group_of_kpy_means_the_same_when_packages_are_loaded(site: Path) -> None:
    install(site)

    assert "acme-image-registry" not in found(select=["images", "acme-owner"])


@pytest.mark.parametrize("options", [["--select", "acme"], ["--select", "acme-image-*"], []])
def test_command_line_and_settings_select(site: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    install(site)
    document()
    if not options:
        settings('select = ["acme"]')

    assert run(["validate", "web.yaml", *options]) == 0

    assert "warning[acme-image-registry]: the image is not of our registry" in capsys.readouterr().out


def test_what_a_package_found_is_not_taken_from_an_earlier_run(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.parent / "cache"))
    install(site)
    document()
    run(["validate", "web.yaml", "--select", "acme"])
    assert "the image is not of our registry" in capsys.readouterr().out

    del sys.modules["acme_kpy.policies"]
    (site / "acme_kpy" / "policies.py").write_text(POLICIES.replace("is not of our registry", "is of nowhere at all"))
    run(["validate", "web.yaml", "--select", "acme"])

    assert "the image is of nowhere at all" in capsys.readouterr().out


def test_waiver_counts_and_is_known_though_nothing_is_selected(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site)
    document("{kpy.dev/waive.acme-image-registry: a trial}")

    run(["validate", "web.yaml", "--select", "acme-image-registry"])
    run(["validate", "web.yaml"])

    assert capsys.readouterr().out == ""


def test_waiver_in_an_app_counts(site: Path) -> None:
    install(site)
    settings('select = ["acme-image-registry"]')
    app = App("shop")
    container = Container(image="nginx:1.29")
    app.add(Chart("shop")).add(Deployment("web", containers=[container], waive={"acme-image-registry": "a trial"}))

    assert [found.rule for found in Project.load(".").synth(app).diagnostics] == []


def test_waiver_of_a_policy_that_nobody_can_waive_does_not_count(site: Path) -> None:
    install(site)
    pod = {**POD, "metadata": {"name": "web", "annotations": {"kpy.dev/waive.acme-owner": "no owner"}}}

    assert [each.rule for each in kpy.validate([pod], select=["acme-owner"])] == ["acme-owner", "waiver-not-allowed"]


def test_waiver_of_no_rule_at_all_is_told(site: Path) -> None:
    install(site)
    pod = {**POD, "metadata": {"name": "web", "annotations": {"kpy.dev/waive.acme-ownr": "no owner"}}}

    assert [each.rule for each in kpy.validate([pod])] == ["waiver-of-unknown-rule"]


def test_word_that_nobody_knows_is_refused(site: Path) -> None:
    install(site)

    with pytest.raises(UsageError, match="there is no rule, group or family `acme-ownr`; did you mean `acme-owner`"):
        kpy.validate([POD], select=["acme-ownr"])


def test_package_that_does_not_load_is_told_and_all_else_goes_on(site: Path) -> None:
    install(site, module="acme_kpy.missing")
    install(site, POLICIES.replace("acme-", "other-"), "other-kpy")

    report = kpy.validate([POD], select=["acme-owner", "other-owner", "image-digest-missing"])

    assert [each.rule for each in report] == ["policy-failed", "other-owner", "image-digest-missing"]
    assert report.to_text().splitlines()[0] == (
        "error[policy-failed]: the policies of the package acme-kpy (entry point house = acme_kpy.missing) cannot be "
        "loaded: there is no module acme_kpy.missing; none of them has judged anything"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("password = 'hunter2'\nraise ValueError(password)", "ValueError (SITE/acme_kpy/policies.py:2)"),
        ("def (", "SyntaxError (SITE/acme_kpy/policies.py:1)"),
        ("raise SystemExit(7)", "SystemExit (SITE/acme_kpy/policies.py:1)"),
        ("import kpy", "the module acme_kpy.policies has no policy: write `@kpy.policy(...)` above a function"),
        ("from acme_kpy import nothing", "ImportError (SITE/acme_kpy/policies.py:1)"),
        ("import no_such_thing_at_all", "there is no module no_such_thing_at_all"),
    ],
)
def test_it_says_why_a_package_does_not_load_and_no_value(site: Path, text: str, why: str) -> None:
    install(site, text)

    (failure,) = kpy.validate([POD], select=["acme"])

    where = "the package acme-kpy (entry point house = acme_kpy.policies)"
    assert failure.message == (
        f"the policies of {where} cannot be loaded: {why.replace('SITE', str(site))}; none of them has judged anything"
    )
    assert failure.fix == "mend the package, install what it needs, or uninstall it"


def test_broken_package_stops_synthesis_and_is_told_once(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site, "1 / 0")
    document()
    settings('app = "shop.py"\nselect = ["acme"]\nignore = ["policy"]')
    Path("shop.py").write_text(
        "from kpy import App, Chart, ConfigMap\napp = App('shop')\n"
        "app.add(Chart('shop')).add(ConfigMap('a', data={'a': '1'}))\n"
    )

    codes = [run(["synth"]), run(["validate", "shop.py", "web.yaml"])]

    said = capsys.readouterr()
    assert codes == [1, 1]
    assert said.err.count("error[policy-failed]") == said.out.count("error[policy-failed]") == 1


def test_two_packages_cannot_have_policies_of_one_name(site: Path) -> None:
    install(site)
    install(site, POLICIES, "other-kpy")

    with pytest.raises(UsageError) as error:
        kpy.validate([POD], select=["acme"])

    assert str(error.value).endswith(
        f"two policies are called `acme-image-registry`: "
        f"acme_kpy.policies.image_registry ({site}/acme_kpy/policies.py:4) and "
        f"other_kpy.policies.image_registry ({site}/other_kpy/policies.py:4); rename one of them"
    )


def test_policy_cannot_have_the_name_of_a_rule_of_kpy(site: Path) -> None:
    install(site, POLICIES.replace("acme-owner", "image-tag-missing"))

    with pytest.raises(UsageError, match=r"the policy `image-tag-missing`, acme_kpy\.policies\.owner .* rule of kpy"):
        kpy.validate([POD], select=["acme"])


def test_names_that_are_taken_stop_every_command(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site)
    install(site, POLICIES, "other-kpy")
    document()
    settings('select = ["acme"]')

    assert run(["validate", "web.yaml"]) == 2

    assert "pyproject.toml: two policies are called `acme-image-registry`" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["acme_kpy.policies", "FILE"])
def test_package_that_the_settings_name_as_well_counts_once(site: Path, module: str) -> None:
    install(site)
    named = str(site / "acme_kpy" / "policies.py") if module == "FILE" else module
    settings(f'policies = ["{named}"]\nselect = ["acme-*"]')

    report = Project.load(".").validate([POD])

    assert [each.rule for each in report] == ["acme-owner", "acme-image-registry"]


def test_mandatory_policy_of_a_broken_package_is_not_forgotten(site: Path) -> None:
    install(site, "1 / 0")
    settings('[tool.kpy.mandatory]\nrules = ["acme-owner"]')

    assert [(each.severity, each.rule) for each in Project.load(".").validate([POD])] == [("error", "policy-failed")]


def test_word_in_ignore_that_no_package_has_is_refused(site: Path) -> None:
    install(site)
    settings('ignore = ["acme-owner", "acme-nothing"]')

    with pytest.raises(LoadError, match="there is no rule, group or family `acme-nothing`"):
        Project.load(".").validate([POD])


def test_rule_of_a_package_is_explained(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site)

    assert run(["explain", "acme-owner"]) == 0

    assert capsys.readouterr().out == (
        "acme-owner: warning, family policy (good practice, checked where `select` in [tool.kpy] names it)\n\n"
        "Every object says whose it is.\n\n"
        f"Defined in:     acme_kpy.policies ({site}/acme_kpy/policies.py:11)\n"
        "In the groups:  acme\n"
        'Check it:       select = ["acme-owner"] under [tool.kpy] in pyproject.toml\n'
        'Ignore it:      ignore = ["acme-owner"] under [tool.kpy] in pyproject.toml\n'
        "For one object: nobody can waive it\n"
    )


def test_mandatory_rule_says_so_when_it_is_explained(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site)
    settings('[tool.kpy.mandatory]\nrules = ["acme-*"]')

    run(["explain", "acme-image-registry"])

    out = capsys.readouterr().out
    assert out.startswith("acme-image-registry: error, family policy")
    assert "Mandatory here: it is always checked, and nobody can ignore or waive it" in out


@pytest.mark.parametrize("word", ["acme", "acme-*", "policy"])
def test_rules_of_a_package_are_listed(site: Path, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    install(site)

    assert run(["explain", word]) == 0

    out = capsys.readouterr().out
    assert "acme-image-registry" in out
    assert "Every object says whose it is." in out


def test_rule_of_a_broken_package_cannot_be_explained(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site, "1 / 0")

    assert run(["explain", "acme-owner"]) == 2

    said = capsys.readouterr().err
    assert "there is no rule acme-owner" in said
    assert "the policies of the package acme-kpy (entry point house = acme_kpy.policies) cannot be loaded" in said
