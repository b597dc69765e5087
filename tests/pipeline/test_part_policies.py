"""Policies on classes: they see the constructs of an app, with all their fields, and not their JSON alone."""

from __future__ import annotations

import sys
from pathlib import Path as File
from typing import Any, Protocol

import pytest

import kpy
from kpy import App, Chart, ConfigMap, Construct, Container, Deployment, Project, Raw, SynthError, UsageError, Yaml
from kpy.api.core.v1 import Container as ApiContainer
from kpy.cli.main import run
from kpy.pipeline.run import run as synthesise
from kpy.typing import Check, Path, PodOwner

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made-by-hand"}, "data": {}}


class WebService(Construct):
    """What a platform team ships."""

    replicas: int = 1

    def build(self) -> None:
        image = Container(image="nginx:1.29")
        self.add(Deployment(self.name, replicas=self.replicas, containers=[image]))


@kpy.policy("two-replicas", on=WebService, groups=["house"])
def two_replicas(web: WebService, at: Path, check: Check) -> None:
    """Web services survive the loss of a pod."""
    if web.replicas < 2:
        check.report(at + "replicas", f"{web.name} has {web.replicas} replica", fix="replicas=2")


@kpy.policy("no-raw-here", on=[Raw, Yaml], severity="error", groups=["house"])
def no_raw_here(part: Raw | Yaml, at: Path, check: Check) -> None:
    """Nothing is written by hand."""
    check.report(at, "objects are made by constructs here")


def found(app: App, *policies: Any, **said: Any) -> list[kpy.Diagnostic]:
    """Return what policies say of an app."""
    from kpy.checking.choice import Choice
    from kpy.checking.registry import BUILT_IN

    registry = BUILT_IN.plus(*policies)
    names = {mark.rule.name for mark in registry.added if mark.rule is not None}
    choice = Choice(**{"select": [*names], **said}, registry=registry)
    try:
        diagnostics = synthesise(app, choice=choice).diagnostics
    except SynthError as error:
        diagnostics = [*error.report]
    return [each for each in diagnostics if each.rule in {*names, "policy-failed"}]


def shop(*parts: Any, **said: Any) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", **said))
    for part in parts:
        chart.add(part)
    return app


def test_policy_gets_the_construct_and_reports_at_its_line() -> None:
    app = shop(WebService("api", replicas=1), WebService("web", replicas=2))

    (diagnostic,) = found(app, two_replicas)

    line = next(part for part in app.walk(WebService) if part.name == "api")._where
    assert diagnostic.where == line
    assert (diagnostic.severity, diagnostic.resource, diagnostic.field) == ("warning", 'WebService "api"', "replicas")
    assert diagnostic.message == "api has 1 replica"
    assert [step.partition(" (")[0] for step in diagnostic.made_in] == ['Chart "shop"', 'WebService "api"']


def test_what_is_made_by_hand_is_refused(tmp_path: File) -> None:
    (tmp_path / "vendor.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vendor}\n")
    app = shop(Raw(CONFIG), Yaml(tmp_path / "vendor.yaml"), ConfigMap("typed"))

    assert [each.resource for each in found(app, no_raw_here)] == [
        'ConfigMap "made-by-hand"',
        'Yaml "vendor.yaml"',
    ]
    with pytest.raises(SynthError, match="objects are made by constructs here"):
        synthesise_with(app, no_raw_here)


def synthesise_with(app: App, policy: Any) -> None:
    from kpy.checking.choice import Choice
    from kpy.checking.registry import BUILT_IN

    synthesise(app, choice=Choice(select=["house"], registry=BUILT_IN.plus(policy)))


def test_construct_is_seen_once_whatever_it_makes() -> None:
    class Pair(Construct):
        def build(self) -> None:
            self.add(ConfigMap("a"), ConfigMap("b"))

    class Nothing(Construct):
        """It makes no object at all."""

    seen = []

    @kpy.policy("seen-once", on=Construct)
    def seen_once(part: Construct, at: Path, check: Check) -> None:
        if not isinstance(part, Chart | ConfigMap):
            seen.append(part.name)

    found(shop(Pair("pair"), Nothing("nothing")), seen_once)

    assert seen == ["shop", "pair", "nothing"]


def test_charts_apps_and_bases_are_classes_too() -> None:
    seen: list[str] = []

    @kpy.policy("all-of-them", on=[App, Chart, PodOwner])
    def all_of_them(part: App | Chart | PodOwner, at: Path, check: Check) -> None:
        seen.append(f"{type(part).__name__} {part.name}")

    found(shop(WebService("web")), all_of_them)

    assert seen == ["App shop", "Chart shop", "Deployment web"]


def test_object_of_the_part_is_the_root_of_the_check() -> None:
    roots = []

    @kpy.policy("what-it-became", on=[Deployment, WebService])
    def what_it_became(part: Any, at: Path, check: Check) -> None:
        roots.append(check.root.get("kind"))

    found(shop(WebService("web")), what_it_became)

    assert roots == [None, "Deployment"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: shop(WebService("api", waive={"two-replicas": "a trial"})),
        lambda: shop(WebService("api"), waive={"two-replicas": "a trial"}),
    ],
    ids=["construct", "chart"],
)
def test_waiver_counts(make: Any) -> None:
    assert found(make(), two_replicas) == []


def test_annotation_of_the_object_waives() -> None:
    annotated = {**CONFIG, "metadata": {"name": "a", "annotations": {"kpy.dev/waive.no-raw-here": "from a vendor"}}}

    assert found(shop(Raw(annotated)), no_raw_here) == []


def test_waiver_of_one_part_of_a_construct_is_not_one_of_the_construct() -> None:
    app = shop(WebService("api"))
    app.find(Deployment).waive = {"two-replicas": "a trial"}

    assert [each.rule for each in found(app, two_replicas)] == ["two-replicas"]


def test_mandatory_policy_is_an_error_that_nobody_waives() -> None:
    app = shop(WebService("api", waive={"two-replicas": "a trial"}))

    said = found(app, two_replicas, mandatory=["two-replicas"], ignore=["two-replicas"])

    assert [(each.severity, each.rule) for each in said] == [("error", "two-replicas")]


def test_policy_that_nobody_can_waive_is_not_waived() -> None:
    @kpy.policy("always-two", on=WebService, waivable=False)
    def always_two(web: WebService, at: Path, check: Check) -> None:
        check.report(at, "no")

    assert len(found(shop(WebService("api", waive={"always-two": "a trial"})), always_two)) == 1


def test_policy_that_fails_is_told_with_the_construct() -> None:
    @kpy.policy("that-fails", on=WebService)
    def that_fails(web: WebService, at: Path, check: Check) -> None:
        raise KeyError("secret")

    (diagnostic,) = found(shop(WebService("api")), that_fails)

    assert (diagnostic.rule, diagnostic.resource) == ("policy-failed", 'WebService "api"')
    assert diagnostic.message.startswith("the policy that-fails failed with KeyError (")
    assert "secret" not in diagnostic.message


def test_policy_sees_what_transforms_have_made() -> None:
    def grow(web: WebService) -> None:
        web.find(Deployment).replicas = 7

    @kpy.policy("seven-pods", on=Deployment)
    def seven_pods(workload: Deployment, at: Path, check: Check) -> None:
        check.report(at + "replicas", f"{workload.replicas}")

    app = shop(WebService("web"))
    app.transforms = [grow]

    assert [each.message for each in found(app, seven_pods)] == ["7"]


def test_class_of_the_api_gives_typed_values_of_yaml_too() -> None:
    @kpy.policy("typed-image", on=ApiContainer)
    def typed_image(container: ApiContainer, at: Path, check: Check) -> None:
        check.report(at + "image", f"{type(container).__name__} {container.image}")

    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "image": "web:1"}]},
    }

    (diagnostic,) = kpy.validate([pod], policies=[typed_image], select=["typed-image"])

    assert (diagnostic.field, diagnostic.message) == ("spec.containers[0].image", "Container web:1")


@pytest.mark.parametrize("word", ["example.com/v1 Widget", "Widget"])
def test_policy_on_a_custom_kind_and_on_its_metadata(word: str) -> None:
    @kpy.policy("small-widgets", on=[word, "ObjectMeta"])
    def small_widgets(value: dict[str, Any], at: Path, check: Check) -> None:
        check.report(at, f"saw {sorted(value)[0]}")

    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"size": 3}}

    report = kpy.validate([widget], policies=[small_widgets], select=["small-widgets"]).only("warning")

    assert [(each.field, each.message) for each in report] == [("", "saw apiVersion"), ("metadata", "saw name")]


@pytest.mark.parametrize("on", ["", [], int, 3, [WebService, 3], object])
def test_what_no_value_can_be_of_is_refused(on: Any) -> None:
    with pytest.raises(UsageError, match="`on` of the policy no-such-thing must be a type of the API, such as"):
        kpy.policy("no-such-thing", on=on)


def test_protocol_is_no_class_that_parts_have() -> None:
    class Named(Protocol):
        name: str

    with pytest.raises(UsageError, match=r"`on` of the policy no-such-thing must be a class .* not the protocol Named"):
        kpy.policy("no-such-thing", on=Named)


SETTINGS = '[tool.kpy]\npolicies = ["rules.py"]\nselect = ["house"]\n'
RULES = """\
import kpy


@kpy.policy("no-raw-here", on=kpy.Raw, groups=["house"])
def no_raw_here(part, at, check):
    check.report(at, "objects are made by constructs here")


@kpy.policy("few-keys", on=kpy.ConfigMap, groups=["house"])
def few_keys(part, at, check):
    pass
"""


@pytest.fixture
def project(tmp_path: File, monkeypatch: pytest.MonkeyPatch) -> File:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "rules.py").write_text(RULES)
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    (tmp_path / "shop.py").write_text(
        f"from kpy import App, Chart, Raw\napp = App('shop')\napp.add(Chart('shop')).add(Raw({CONFIG!r}))\n"
    )
    return tmp_path


@pytest.mark.parametrize("form", ["text", "json"])
def test_summary_says_that_such_policies_are_not_run_on_yaml(
    project: File, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", "a.yaml", "--format", form]) == 0

    assert "2 policies on constructs were not run on YAML: few-keys, no-raw-here\n" in capsys.readouterr().err


def test_summary_of_an_app_says_no_such_thing(project: File, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "shop.py"]) == 0

    said = capsys.readouterr()
    assert "not run on YAML" not in said.err
    assert "warning[no-raw-here]: objects are made by constructs here" in said.out


def test_python_judges_apps_and_leaves_documents_alone(project: File) -> None:
    app = shop(Raw(CONFIG))

    assert [each.rule for each in Project.load(".").synth(app).diagnostics] == ["no-raw-here"]
    assert [*Project.load(".").validate([CONFIG])] == []


def test_policy_may_take_its_class_from_the_file_of_the_app(
    project: File, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is then loaded twice, as an app and as a module."""
    monkeypatch.setitem(sys.modules, "part_shop", None)  # so that it is forgotten afterwards
    del sys.modules["part_shop"]
    (project / "part_shop.py").write_text(
        "from kpy import *\n\n\nclass House(Construct):\n    pass\n\n\n"
        "def app():\n    app = App('shop')\n    app.add(Chart('shop')).add(House('mine'))\n    return app\n"
    )
    (project / "rules.py").write_text(
        "import kpy\nfrom part_shop import House\n\n\n@kpy.policy('house-seen', on=House, groups=['house'])\n"
        "def house_seen(part, at, check):\n    check.report(at, f'saw {part.name}')\n"
    )

    run(["validate", "part_shop.py"])

    assert "warning[house-seen]: saw mine" in capsys.readouterr().out


def test_class_is_the_same_when_its_module_was_loaded_anew(tmp_path: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook, or in tests that load several apps: else the policy would judge nothing, without a word."""
    (tmp_path / "house_parts.py").write_text("import kpy\n\n\nclass House(kpy.Construct):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    from importlib import import_module

    before = import_module("house_parts").House
    monkeypatch.delitem(sys.modules, "house_parts")
    after = import_module("house_parts").House
    monkeypatch.delitem(sys.modules, "house_parts")

    @kpy.policy("house-seen", on=before)
    def house_seen(part: Any, at: Path, check: Check) -> None:
        check.report(at, "seen")

    assert before is not after
    assert [each.rule for each in found(shop(after("a")), house_seen)] == ["house-seen"]


def test_engine_imports_no_construct() -> None:
    """A policy brings the class as a value."""
    import subprocess

    code = (
        "import sys, kpy\nkpy.validate([{}], select=['images'])\n"
        "print([name for name in sys.modules if name.startswith('kpy.constructs')])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@kpy.policy("three-replicas", on=Deployment, groups=["house"])
def three_replicas(deployment: Deployment, at: Path, check: Check) -> None:
    """Deployments have three pods."""
    if deployment.replicas != 3:
        check.report(at + "spec" + "replicas", f"{check.root['metadata']['name']} has {deployment.replicas}")


def test_objects_of_files_are_constructs_to_policies_and_never_raw(tmp_path: File) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  replicas: 2\n"
        "  selector: {matchLabels: {a: b}}\n"
        "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}\n"
        "---\napiVersion: x.io/v1\nkind: Broker\nmetadata: {name: broker}\n"
    )

    (diagnostic,) = found(shop(Yaml(file)), three_replicas)
    (of_raw,) = found(shop(Yaml(file)), no_raw_here)

    assert (diagnostic.message, str(diagnostic.where)) == ("api has 2", f"{file}:1:1")
    assert of_raw.resource == 'Yaml "vendor.yaml"'
