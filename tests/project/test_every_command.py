"""What `[tool.kpy]` says holds for every command, for the testing kit and for Python, alike."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

import kpy
from kpy.cli import clusters
from kpy.cli.commands import COMMANDS
from kpy.cli.main import run
from kpy.errors import SynthError
from kpy.loading import load_app
from kpy.testing.targets import manifest_of, report_of
from tests.kubectl.fake import FakeKubectl

#: Commands that make no manifest of an app.
WITHOUT_APP = {"affected", "crds", "explain", "gitops", "import", "init", "vendor"}
#: Commands that end with a registry, which is not there.
WITH_REGISTRY = {"push"}

PORT = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"type": "ClusterIP", "selector": {"app": "web"}, "ports": [{"port": 80, "nodePort": 30080}]},
}
SELECTING = {**PORT, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}
WITH_SECRET = {
    **POD,
    "spec": {"containers": [{"name": "web", "image": "web", "envFrom": [{"secretRef": {"name": "outside"}}]}]},
}
WITH_IMAGE_VOLUME = {
    **POD,
    "spec": {
        "containers": [{"name": "web", "image": "web:1"}],
        "volumes": [{"name": "data", "image": {"reference": "data:1"}}],
    },
}
WIDGET = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"size": "large"}}
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
                    }
                },
            }
        ],
    },
}
ADMISSION = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-web}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [services]}]
  validations: [{expression: "object.metadata.name != 'web'"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-web}
spec: {policyName: no-web, validationActions: [Deny]}
"""
POLICY = """\
import kpy


@kpy.policy("no-web-images", on="Container")
def no_web_images(container, at, check):
    \"\"\"Images are not called web.\"\"\"
    if container.get("image", "").startswith("web"):
        check.report(at + "image", "the image is called web")
"""


#: The settings of a package, whose import would fail; each resource is for one case.
SHARED = {
    "settings.toml": 'extend = ["deep/rules.toml"]\n[severities]\n"service-selects-no-pod" = "error"\n',
    "deep/rules.toml": 'crds = ["../widgets.yaml"]\n',
    "admission.toml": 'admission = ["denied.yaml"]\n',
    "external.toml": 'external = ["Service/we*"]\n',
    "mandatory.toml": 'policies = ["rules.py"]\n[mandatory]\nrules = ["no-web-images"]\n',
}
LOOSE = 'ignore = ["no-web-images"]\nseverities = { "no-web-images" = "off" }\n'


class Case(NamedTuple):
    """An object, the rule that it breaks, and settings with which that is an error and with which it is none."""

    rule: str
    tree: dict[str, object]
    found: str
    quiet: str


CASES = {
    "ignore": Case("service-node-port-cluster-ip", PORT, "", 'ignore = ["service-node-port-cluster-ip"]'),
    "severities": Case(
        "service-node-port-cluster-ip", PORT, "", 'severities = { "service-node-port-cluster-ip" = "warning" }'
    ),
    "external": Case(
        "service-selects-no-pod",
        SELECTING,
        'severities = { "service-selects-no-pod" = "error" }',
        'severities = { "service-selects-no-pod" = "error" }\nexternal = ["Service/we*"]',
    ),
    "select": Case(
        "image-tag-missing",
        WITH_SECRET,
        'select = ["image-tag-missing"]\nseverities = { "image-tag-missing" = "error" }',
        'severities = { "image-tag-missing" = "error" }',
    ),
    "policies": Case(
        "no-web-images",
        WITH_IMAGE_VOLUME,
        'policies = ["rules.py"]\nselect = ["no-web-images"]\nseverities = { "no-web-images" = "error" }',
        'policies = ["rules.py"]\nseverities = { "no-web-images" = "error" }',
    ),
    "crds": Case("custom-value-invalid", WIDGET, 'crds = ["widgets.yaml"]', ""),
    "admission": Case("admission-denied", SELECTING, 'admission = ["denied.yaml"]', ""),
    "extended crds": Case("custom-value-invalid", WIDGET, 'extend = ["acme_shared:settings.toml"]', ""),
    "extended admission": Case("admission-denied", SELECTING, 'extend = ["acme_shared:admission.toml"]', ""),
    "extended severity, and what lives outside": Case(
        "service-selects-no-pod",
        SELECTING,
        'extend = ["acme_shared:settings.toml"]',
        'extend = ["acme_shared:settings.toml", "acme_shared:external.toml"]',
    ),
    "extended file": Case("custom-value-invalid", WIDGET, 'extend = ["site/acme_shared/settings.toml"]', ""),
    "crds of a package": Case("custom-value-invalid", WIDGET, 'crds = ["acme_shared:widgets.yaml"]', ""),
    "mandatory": Case(
        "no-web-images", WITH_IMAGE_VOLUME, f'{LOOSE}extend = ["acme_shared:mandatory.toml"]', 'policies = ["rules.py"]'
    ),
    "policy of a package": Case(
        "acme-no-web",
        WITH_IMAGE_VOLUME,
        'select = ["acme"]\nseverities = { "acme-no-web" = "error" }',
        'select = ["image-tag-missing"]',
    ),
    "mandatory policy of a package": Case(
        "acme-no-web",
        WITH_IMAGE_VOLUME,
        'ignore = ["acme"]\n[tool.kpy.mandatory]\nrules = ["acme-no-web"]',
        'ignore = ["acme-no-web"]',
    ),
    "kubernetes": Case("field-not-in-release", WITH_IMAGE_VOLUME, 'kubernetes = "1.25"', 'kubernetes = "1.35"'),
}

ENVIRONMENTS = """\
[tool.kpy.environments.a]
values = "a.yaml"
[tool.kpy.environments.b]
values = "b.yaml"
"""

Way = Callable[[], str]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with policies and definitions, before a cluster that is empty."""
    monkeypatch.chdir(tmp_path)
    kubectl = FakeKubectl(release="1.36")
    kubectl.custom["Widget"] = "example.com/v1"
    monkeypatch.setattr(clusters, "transport_for", lambda given, context: kubectl)
    monkeypatch.setattr("kpy.testing.places.root", lambda: tmp_path)
    Path("rules.py").write_text(POLICY)
    Path("widgets.yaml").write_text(yaml.safe_dump(CRD))
    Path("denied.yaml").write_text(ADMISSION)
    install(tmp_path / "site", monkeypatch)


def install(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package with settings, and one with policies by entry point."""
    shared = site / "acme_shared"
    (shared / "deep").mkdir(parents=True)
    (shared / "__init__.py").write_text("raise RuntimeError('settings run no code')\n")
    for name, text in {**SHARED, "rules.py": POLICY, "denied.yaml": ADMISSION}.items():
        (shared / name).write_text(text)
    (shared / "widgets.yaml").write_text(yaml.safe_dump(CRD))
    rules = POLICY.replace('"no-web-images", on="Container"', '"acme-no-web", on="Container", groups=["acme"]')
    (site / "acme_no_web.py").write_text(rules)
    (site / "acme_no_web-1.0.dist-info").mkdir()
    (site / "acme_no_web-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-no-web\n")
    (site / "acme_no_web-1.0.dist-info" / "entry_points.txt").write_text("[kpy.policies]\nacme = acme_no_web\n")
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "acme_no_web", raising=False)


def write(case: Case, settings: str) -> None:
    Path("pyproject.toml").write_text(f'[tool.kpy]\napp = "shop.py"\n{settings}\n{ENVIRONMENTS}')
    Path("shop.py").write_text(
        "from kpy import App, Chart, Raw\n"
        "def app(number: int = 1) -> App:\n"
        "    app = App('shop')\n"
        f"    app.add(Chart('shop', namespace='default')).add(Raw({case.tree!r}))\n"
        "    return app\n"
    )
    for number, name in enumerate("ab"):
        Path(f"{name}.yaml").write_text(f"number: {number}\n")
    Path("shop.yaml").write_text(yaml.safe_dump(case.tree))


def errors(make: Callable[[], object]) -> str:
    """Return what Python code is told: the report of the error that is raised, or of what it returns."""
    try:
        made = make()
    except SynthError as error:
        return error.report.to_text()
    return made.to_text() if isinstance(made, kpy.Report) else ""


PYTHON: dict[str, Way] = {
    "app.synth()": lambda: errors(lambda: load_app("shop.py").synth()),
    "Project.synth()": lambda: errors(lambda: kpy.Project.load(".").synth()),
    "manifest_of(file)": lambda: errors(lambda: manifest_of("shop.py")),
    "manifest_of(app)": lambda: errors(lambda: manifest_of(load_app("shop.py"))),
    "report_of(app)": lambda: errors(lambda: report_of(load_app("shop.py"))),
    "report_of(documents)": lambda: errors(lambda: report_of([yaml.safe_load(Path("shop.yaml").read_text())])),
    "Project.validate()": lambda: errors(
        lambda: kpy.Project.load(".").validate([yaml.safe_load(Path("shop.yaml").read_text())])
    ),
}
LINES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in COMMANDS if name not in WITHOUT_APP | WITH_REGISTRY},
    "validate file": ("validate", "shop.yaml"),
    "compare": ("compare", "shop.py", "shop.py"),
    "promote": ("promote", "--from", "a", "--to", "b"),
    "synth named": ("synth", "shop.py"),
    "apply": ("apply", "--dry-run", "client"),
}


@pytest.mark.parametrize("setting", CASES)
@pytest.mark.parametrize("name", LINES)
def test_command_obeys_setting(name: str, setting: str, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES[setting]
    words = LINES[name]
    write(case, case.found)

    code = run(words)

    said = "".join(capsys.readouterr())
    assert (code, f"error[{case.rule}]" in said) == (1, True), said
    write(case, case.quiet)
    code = run(words)
    said = "".join(capsys.readouterr())
    assert f"error[{case.rule}]" not in said
    assert "error" not in said.replace("0 errors", "")
    assert code == (1 if words[0] == "status" else 0), said  # nothing was applied yet, which status tells by its code


@pytest.mark.parametrize("setting", CASES)
@pytest.mark.parametrize("name", PYTHON)
def test_python_obeys_setting(name: str, setting: str) -> None:
    case = CASES[setting]
    write(case, case.found)
    assert f"error[{case.rule}]" in PYTHON[name]()

    write(case, case.quiet)

    assert "error[" not in PYTHON[name]()


def test_command_line_names_the_release_before_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    write(CASES["kubernetes"], 'kubernetes = "1.25"')

    for words in LINES.values():
        run([*words, "--kubernetes", "1.35"])
        assert "field-not-in-release" not in "".join(capsys.readouterr()), words


@pytest.mark.parametrize("name", LINES)
def test_settings_that_are_wrong_stop_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(CASES["ignore"], 'ignore = ["service-node-prt"]')

    code = run(LINES[name])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert "pyproject.toml: there is no rule, group or family `service-node-prt`" in said.err


def test_settings_are_read_again_when_they_change() -> None:
    """A long-lived Python, such as an editor or a notebook, keeps no settings of yesterday."""
    case = CASES["ignore"]
    write(case, "")
    app = load_app("shop.py")
    assert "error[" in errors(app.synth)

    write(case, case.quiet)

    assert errors(app.synth) == ""


def test_settings_are_read_again_when_what_they_extend_changes(tmp_path: Path) -> None:
    write(CASES["extended crds"], 'extend = ["acme_shared:settings.toml"]')
    app = load_app("shop.py")
    assert "error[" in errors(app.synth)

    (tmp_path / "site" / "acme_shared" / "deep" / "rules.toml").write_text("crds = []\n")

    assert errors(app.synth) == ""


def test_app_takes_the_settings_of_its_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `kpy synth infra/shop.py` does, from wherever Python was started."""
    case = CASES["ignore"]
    write(case, case.quiet)
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    (elsewhere / "pyproject.toml").write_text("[tool.kpy]\n")
    monkeypatch.chdir(elsewhere)

    assert errors(load_app(str(tmp_path / "shop.py")).synth) == ""


def test_apps_of_a_package_take_the_settings_of_the_current_folder(tmp_path: Path) -> None:
    case = CASES["ignore"]
    write(case, case.quiet)
    package = tmp_path / "lib" / "site-packages"
    package.mkdir(parents=True)
    (package / "pyproject.toml").write_text("[tool.kpy]\n")
    (package / "shop.py").write_text(Path("shop.py").read_text())

    assert errors(load_app(str(package / "shop.py")).synth) == ""
