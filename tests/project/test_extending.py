"""Settings that others have made: `extend`, and rules that are mandatory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kpy import LoadError, Project
from kpy.cli.main import run
from kpy.inputs import Exclusion
from kpy.project import read_settings

POLICIES = """\
import kpy


@kpy.policy("image-registry", on="Container", groups=["acme"])
def image_registry(container, at, check):
    \"\"\"Images come from our registry.\"\"\"
    if not container.get("image", "").startswith("registry.acme.example/"):
        check.report(at + "image", "the image is not of our registry", fix="take it from there")


@kpy.policy("owner-label", on="ObjectMeta", groups=["acme"], waivable=False)
def owner_label(metadata, at, check):
    \"\"\"Every object says whose it is.\"\"\"
    if "owner" not in metadata.get("labels", {}):
        check.report(at + "labels", "there is no label `owner`", fix="add it")
"""
DEPLOYMENT = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {owner: me}
  annotations: {ANNOTATIONS}
spec:
  containers: [{name: web, image: "nginx:1.27"}]
"""


def write(folder: Path, text: str, name: str = "pyproject.toml") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project beside an installed package `acme_settings`, whose import would fail."""
    package = tmp_path / "site" / "acme_settings"
    write(package, "raise RuntimeError('settings run no code')\n", "__init__.py")
    write(package, POLICIES, "rules.py")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delitem(sys.modules, "acme_settings", raising=False)
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_lists_add_tables_merge_and_the_nearer_file_wins(project: Path) -> None:
    package = project.parent / "site" / "acme_settings"
    write(
        package,
        'kubernetes = "1.33"\nselect = ["acme", "image-*"]\ncrds = ["crds"]\nexternal = ["Secret/db"]\n'
        'policies = ["rules.py"]\n[severities]\n"image-registry" = "error"\n"unknown-field" = "warning"\n',
        "kpy.toml",
    )
    write(
        project,
        '[tool.kpy]\nextend = ["acme_settings:kpy.toml"]\nkubernetes = "1.35"\nselect = ["image-*", "reliability"]\n'
        '[tool.kpy.severities]\n"unknown-field" = "error"\n',
    )

    settings = read_settings(str(project))

    assert settings.kubernetes == "1.35"
    assert settings.select == ("acme", "image-*", "reliability")
    assert settings.severities == {"image-registry": "error", "unknown-field": "error"}
    assert settings.crds == (str(package / "crds"),)
    assert settings.external == ("Secret/db",)
    assert settings.policies == (str(package / "rules.py"),)


def test_file_extends_another_and_paths_are_those_of_the_file_that_says_them(project: Path) -> None:
    write(project.parent, 'extend = ["deep/base.toml"]\nselect = ["a"]\n', "team.toml")
    write(project.parent / "deep", 'select = ["b"]\nadmission = ["cluster"]\n', "base.toml")
    write(project, '[tool.kpy]\nextend = ["../team.toml"]\nselect = ["c"]\n')

    settings = read_settings(str(project))

    assert settings.select == ("b", "a", "c")
    assert [Path(path).resolve() for path in settings.admission] == [project.parent / "deep" / "cluster"]


def test_app_and_what_is_left_out_are_written_from_the_file_that_says_them(project: Path) -> None:
    write(
        project.parent, 'app = "apps/web.py:app"\nexclude = ["shop/old", "docker-compose.yml", "*/ci/"]\n', "team.toml"
    )
    write(project, '[tool.kpy]\nextend = ["../team.toml"]\nexclude = ["charts/ci"]\n')

    settings = read_settings(str(project))

    assert settings.app == str(project.parent / "apps" / "web.py:app")
    excluded = Exclusion(settings.exclude, folder=str(project))
    left_out = ["old/a.yaml", "ci", "x/ci/a.yaml", "charts/ci", "x/docker-compose.yml"]
    assert [path for path in [*left_out, "new/a.yaml", "charts"] if excluded.covers(str(project / path))] == left_out


def test_what_a_package_leaves_out_is_written_from_the_project(project: Path) -> None:
    write(project.parent / "site" / "acme_settings", 'exclude = ["charts/*/ci"]\n', "kpy.toml")
    write(project, '[tool.kpy]\nextend = ["acme_settings:kpy.toml"]\n')

    assert read_settings(str(project)).exclude == ("charts/*/ci",)


def test_definitions_and_admission_policies_are_taken_from_packages(project: Path) -> None:
    package = project.parent / "site" / "acme_settings"
    write(package / "crds", "", "widgets.yaml")
    write(package, "", "admission.yaml")
    write(project, '[tool.kpy]\ncrds = ["acme_settings:crds/"]\nadmission = ["acme_settings:admission.yaml", "own"]\n')

    settings = read_settings(str(project))

    assert settings.crds == (str(package / "crds") + "/",)
    assert settings.admission == (str(package / "admission.yaml"), "own")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("acme_nowhere:crds", "`crds` names acme_nowhere:crds, and no package acme_nowhere is installed here"),
        ("acme_settings:crds", "`crds` names acme_settings:crds, and the package acme_settings has no file or folder"),
    ],
)
def test_definitions_that_no_package_has_are_refused(project: Path, word: str, message: str) -> None:
    write(project, f'[tool.kpy]\ncrds = ["{word}"]\n')

    with pytest.raises(LoadError) as caught:
        read_settings(str(project))

    assert message in str(caught.value)


def test_circle_of_packages_and_files_is_refused_with_the_way(project: Path) -> None:
    package = project.parent / "site" / "acme_settings"
    write(package, f'extend = ["{project.parent}/team.toml"]\n', "kpy.toml")
    write(project.parent, 'extend = ["acme_settings:kpy.toml"]\n', "team.toml")
    write(project, '[tool.kpy]\nextend = ["../team.toml"]\n')

    with pytest.raises(LoadError) as caught:
        read_settings(str(project))

    way = [project.parent / "team.toml", package / "kpy.toml", project.parent / "team.toml"]
    assert str(caught.value).endswith(f"`extend` goes in a circle: {' extends '.join(map(str, way))}")


def test_file_that_two_others_extend_is_no_circle(project: Path) -> None:
    write(project.parent, 'select = ["base-rule"]\n', "base.toml")
    write(project.parent, 'extend = ["base.toml"]\nselect = ["a-rule"]\n', "a.toml")
    write(project.parent, 'extend = ["base.toml"]\nselect = ["b-rule"]\n', "b.toml")
    write(project, '[tool.kpy]\nextend = ["../a.toml", "../b.toml"]\n')

    assert read_settings(str(project)).select == ("base-rule", "a-rule", "b-rule")


def test_pyproject_of_another_folder_is_read_by_its_table(project: Path) -> None:
    write(project.parent / "other", '[project]\nname = "other"\n\n[tool.kpy]\nignore = ["unknown-field"]\n')
    write(project, '[tool.kpy]\nextend = ["../other/pyproject.toml"]\n')

    assert read_settings(str(project)).ignore == ("unknown-field",)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('["missing.toml"]', "`extend` names missing.toml, and there is no such file"),
        ('["no_such_package:kpy.toml"]', "no package no_such_package is installed here"),
        ('["acme_settings:other.toml"]', "the package acme_settings has no file other.toml"),
        ('["pyproject.toml"]', "`extend` goes in a circle"),
        ('["acme-settings:kpy.toml"]', 'the package is written as it is imported: "acme_settings:kpy.toml"'),
        ('"team.toml"', "`extend` is a list of files and of resources of packages"),
        ('["broken.toml"]', "broken.toml: the settings cannot be read"),
        ('["wrong.toml"]', "wrong.toml: [tool.kpy] has no setting `selct`; did you mean `select`?"),
        ('["text.toml"]', "text.toml: `select` of [tool.kpy] is a list of texts"),
        ('["list.toml"]', "list.toml: `mandatory` of [tool.kpy] is a table of rules"),
    ],
)
def test_what_cannot_be_extended_is_refused(project: Path, said: str, message: str) -> None:
    write(project, "select = [", "broken.toml")
    write(project, 'selct = ["a"]', "wrong.toml")
    write(project, 'select = "a"', "text.toml")
    write(project, 'mandatory = ["a"]', "list.toml")
    write(project, f"[tool.kpy]\nextend = {said}\n")

    with pytest.raises(LoadError) as caught:
        read_settings(str(project))

    assert message in str(caught.value)


def mandatory(project: Path, annotations: str = "{}", more: str = "") -> None:
    package = project.parent / "site" / "acme_settings"
    write(package, 'policies = ["rules.py"]\n[mandatory]\nrules = ["image-registry"]\n', "kpy.toml")
    write(project, f'[tool.kpy]\nextend = ["acme_settings:kpy.toml"]\n{more}')
    write(project, DEPLOYMENT.replace("{ANNOTATIONS}", annotations), "web.yaml")


@pytest.mark.parametrize(
    ("annotations", "more", "options"),
    [
        ("{}", "", []),
        ("{}", 'ignore = ["image-registry"]\n', []),
        ("{}", '[tool.kpy.severities]\n"image-registry" = "off"\n', []),
        ("{}", "", ["--ignore", "image-registry"]),
        ("{kpy.dev/waive.image-registry: we like it}", "", []),
    ],
    ids=["named", "ignored", "severity", "option", "waived"],
)
def test_mandatory_rule_is_an_error_whatever_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], annotations: str, more: str, options: list[str]
) -> None:
    mandatory(project, annotations, more)

    code = run(["validate", "web.yaml", *options])

    assert code == 1
    assert "error[image-registry]: the image is not of our registry" in capsys.readouterr().out


def test_waiver_of_a_mandatory_rule_is_told_not_to_count(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mandatory(project, "{kpy.dev/waive.image-registry: we like it}")

    run(["validate", "web.yaml"])

    assert "the waiver of image-registry does not count: nobody can waive this rule" in capsys.readouterr().out


def test_policy_that_its_authors_let_nobody_waive_is_not_waived(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mandatory(project, "{kpy.dev/waive.owner-label: no owner}", 'select = ["owner-label"]\n')
    text = (project / "web.yaml").read_text().replace("labels: {owner: me}", "labels: {a: b}")
    (project / "web.yaml").write_text(text.replace("nginx", "registry.acme.example/nginx"))

    run(["validate", "web.yaml"])

    out = capsys.readouterr().out
    assert "[owner-label]: there is no label `owner`" in out
    assert "the waiver of owner-label does not count" in out


def test_baseline_takes_no_mandatory_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mandatory(project)

    assert run(["validate", "web.yaml", "--baseline", "known.json", "--write-baseline"]) == 1
    assert run(["validate", "web.yaml", "--baseline", "known.json"]) == 1
    assert "image-registry" not in (project / "known.json").read_text()


def test_mandatory_rules_hold_for_apps(project: Path) -> None:
    from kpy import App, Chart, Pod, SynthError

    mandatory(project)
    app = App("shop")
    app.add(Chart("shop")).add(Pod("web", labels={"owner": "me"}, containers=[{"name": "web", "image": "nginx:1.27"}]))

    with pytest.raises(SynthError, match="image-registry"):
        Project.load(project).synth(app)


def test_rule_that_there_is_not_cannot_be_mandatory(project: Path) -> None:
    write(project, '[tool.kpy.mandatory]\nrules = ["image-registri"]\n')

    with pytest.raises(LoadError, match="there is no rule, group or family `image-registri`"):
        _ = Project.load(project).choice


def test_unknown_word_of_an_extended_file_is_told_with_that_file(project: Path) -> None:
    write(project, 'select = ["image-tag-mising"]\n', "team.toml")
    write(project, '[tool.kpy]\nextend = ["team.toml"]\n')

    with pytest.raises(LoadError) as caught:
        _ = Project.load(project).choice

    assert str(caught.value) == (
        f"{project}/pyproject.toml, or {project}/team.toml: there is no rule, group or family `image-tag-mising`; "
        "did you mean `image-tag-missing`?"
    )


def test_mandatory_is_a_table_of_rules(project: Path) -> None:
    write(project, '[tool.kpy]\nmandatory = ["image-registry"]\n')

    with pytest.raises(LoadError, match=r"`mandatory` of \[tool\.kpy\] is a table of rules"):
        read_settings(str(project))
