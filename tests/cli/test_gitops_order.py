"""`kpy gitops` and apps that come after others: waves, steps, `dependsOn`, from one graph."""

from pathlib import Path
from typing import Any

import pytest

from kpy.documents import read_documents
from tests.cli.conftest import Run

SETTINGS = """\
[project]
name = "infra"

[tool.kpy]
apps = "apps/*/app.py"
output = "rendered/{cluster}/{env}/{app}"

[tool.kpy.environments.dev]
[tool.kpy.environments.prod]

[tool.kpy.clusters.eu]
[tool.kpy.clusters.us]
environments = ["prod"]

[tool.kpy.gitops]
repository = "https://github.com/acme/infra.git"
"""
APP = """\
from kpy import App, Chart, OtherApp


def app(env: str) -> App:
    return App("{name}", after=[{after}])
"""
WAVE = "argocd.argoproj.io/sync-wave"


def write(name: str, after: str = "") -> None:
    path = Path(f"apps/{name}/app.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(APP.format(name=name, after=after))


def other(name: str, more: str = "") -> str:
    return f'OtherApp("{name}", from_="../{name}/app.py", env=env{more})'


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of three apps, of which one comes after another, and that after the third."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    write("shop", other("billing"))
    write("billing", other("base"))
    write("base")


def edit(old: str, new: str) -> None:
    text = Path("pyproject.toml").read_text()
    assert old in text
    Path("pyproject.toml").write_text(text.replace(old, new))


def objects(text: str) -> dict[str, Any]:
    return {tree["metadata"]["name"]: tree for tree in (each.tree for each in read_documents(text).documents)}


def test_applications_come_in_waves(kpy: Run) -> None:
    code, out, err = kpy("gitops", "argocd", "--where", "cluster=us")

    assert (code, err) == (0, "")
    found = {name: tree["metadata"].get("annotations") for name, tree in objects(out).items()}
    assert found == {"base-prod-us": None, "billing-prod-us": {WAVE: "1"}, "shop-prod-us": {WAVE: "2"}}


def test_way_to_an_app_may_be_several(kpy: Run) -> None:
    write("shop", f"{other('base')}, {other('billing')}")

    found = objects(kpy("gitops", "argocd", "--where", "cluster=us")[1])
    assert found["shop-prod-us"]["metadata"]["annotations"] == {WAVE: "2"}
    found = objects(kpy("gitops", "flux", "--where", "cluster=us")[1])
    assert found["shop-prod-us"]["spec"]["dependsOn"] == [{"name": "base-prod-us"}, {"name": "billing-prod-us"}]


def test_project_without_environments_has_order_too(kpy: Run) -> None:
    Path("pyproject.toml").write_text(
        '[tool.kpy]\napps = "apps/*/app.py"\noutput = "rendered/{app}"\n[tool.kpy.gitops]\nrepository = "https://h/x.git"\n'
    )
    for name in ("base", "billing", "shop"):
        path = Path(f"apps/{name}/app.py")
        path.write_text(path.read_text().replace("env: str", "").replace(", env=env", ""))

    found = objects(kpy("gitops", "argocd")[1])

    assert [each["metadata"].get("annotations") for each in found.values()] == [None, {WAVE: "1"}, {WAVE: "2"}]


def test_wave_is_the_same_whatever_else_is_chosen(kpy: Run) -> None:
    _, out, _ = kpy("gitops", "argocd", "--where", "app=shop", "--where", "cluster=us")

    assert [*objects(out)] == ["shop-prod-us"]
    assert objects(out)["shop-prod-us"]["metadata"]["annotations"] == {WAVE: "2"}


def test_kustomizations_depend_on_those_of_their_place(kpy: Run) -> None:
    code, out, err = kpy("gitops", "flux", "--where", "cluster=eu")

    assert (code, err) == (0, "")
    found = {
        name: tree["spec"].get("dependsOn") for name, tree in objects(out).items() if tree["kind"] == "Kustomization"
    }
    assert found == {
        "base-dev-eu": None,
        "base-prod-eu": None,
        "billing-dev-eu": [{"name": "base-dev-eu"}],
        "billing-prod-eu": [{"name": "base-prod-eu"}],
        "shop-dev-eu": [{"name": "billing-dev-eu"}],
        "shop-prod-eu": [{"name": "billing-prod-eu"}],
    }


def test_sets_of_places_take_their_apps_in_steps(kpy: Run) -> None:
    code, out, err = kpy("gitops", "argocd", "--steps")

    assert (code, err) == (0, "")
    assert [*objects(out)] == ["apps-dev-eu", "apps-prod-eu", "apps-prod-us"]
    spec = objects(out)["apps-prod-us"]["spec"]
    [generator] = spec["generators"]
    elements = {each["name"]: each for each in generator["list"]["elements"]}
    assert {name: each["step"] for name, each in elements.items()} == {
        "base-prod-us": "0",
        "billing-prod-us": "1",
        "shop-prod-us": "2",
    }
    assert spec["template"]["metadata"]["labels"]["kpy.dev/step"] == "{{.step}}"
    expressions = [step["matchExpressions"] for step in spec["strategy"]["rollingSync"]["steps"]]
    assert expressions == [[{"key": "kpy.dev/step", "operator": "In", "values": [wave]}] for wave in ("0", "1", "2")]


def test_sets_of_apps_cannot_wait_for_each_other(kpy: Run) -> None:
    code, out, err = kpy("gitops", "argocd", "--sets")

    assert (code, out) == (2, "")
    assert "billing dev eu comes after base dev eu, and ApplicationSets of apps do not wait for each other" in err
    assert "kpy gitops argocd --steps" in err


def test_circle_is_refused_by_name(kpy: Run) -> None:
    write("base", other("shop"))

    code, out, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert (
        "`after` goes round in a circle: shop prod us (apps/shop/app.py:5) after billing prod us "
        "(apps/billing/app.py:5) after base prod us (apps/base/app.py:5) after shop prod us\n"
    ) in err


@pytest.mark.parametrize("engine", ["argocd", "flux"])
def test_app_that_is_not_deployed_there_is_named(kpy: Run, engine: str) -> None:
    edit('apps = "apps/*/app.py"', 'apps = "apps/*/app.py"\nskip = [{ app = "base", env = "prod", cluster = "us" }]')

    code, out, err = kpy("gitops", engine, "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert (
        "apps/billing/app.py:5: billing prod us comes after base prod us, and there is no such output; there is "
        "base dev eu, base prod eu: deploy it there, or leave `after` out where it is not\n"
    ) in err


def test_app_of_another_project_is_named(kpy: Run) -> None:
    write("shop", 'OtherApp("bling", from_="acme.bling:app")')

    code, out, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert (
        'apps/shop/app.py:5: shop prod us comes after the app "bling", which is none of this project; '
        "did you mean `billing`?\n"
    ) in err


def test_app_of_another_file_is_none_of_the_project(kpy: Run) -> None:
    """The name alone is not enough, where there is another app of that name."""
    write("shop", 'OtherApp("billing", from_="../../billing.py")')

    code, out, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert (
        'apps/shop/app.py:5: shop prod us comes after the app "billing" of billing.py, which is none of this project; '
        "its app of that name is apps/billing/app.py\n"
    ) in err


def test_app_may_be_named_by_its_module(kpy: Run) -> None:
    """What `{app}` stands for may be another word than the name of the app."""
    write("shop", 'OtherApp("money", from_="apps.billing.app:app")')

    _, out, _ = kpy("gitops", "flux", "--where", "cluster=us")

    assert objects(out)["shop-prod-us"]["spec"]["dependsOn"] == [{"name": "billing-prod-us"}]


def test_app_does_not_come_after_itself(kpy: Run) -> None:
    write("base", other("base"))

    code, _, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert code == 2
    assert "apps/base/app.py:5: base prod us comes after itself: leave `after` out\n" in err


def test_app_may_come_after_itself_elsewhere(kpy: Run) -> None:
    """The other app is that of the environment and the cluster that its parameters name."""
    write("base", 'OtherApp("base", from_="app.py", env="dev", cluster="eu")] if env == "prod" else [')

    _, out, _ = kpy("gitops", "flux", "--where", "cluster=eu")

    assert objects(out)["base-prod-eu"]["spec"]["dependsOn"] == [{"name": "base-dev-eu"}]
    assert "dependsOn" not in objects(out)["base-dev-eu"]["spec"]


def test_flux_does_not_wait_for_another_cluster_that_it_does_not_reach(kpy: Run) -> None:
    write("base", 'OtherApp("base", from_="app.py", env="dev", cluster="eu")] if env == "prod" else [')

    code, out, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert "these outputs are for eu, us" in err


def test_app_that_cannot_be_made_has_no_order(kpy: Run) -> None:
    Path("apps/base/app.py").write_text("from kpy import App\n\n\ndef app(env: str, size: int) -> App: ...\n")

    code, out, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert "`size`" in err
    assert "in the output base prod us, which has to be made to know what it comes after" in err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("argocd", "--where", "app=none"), "--where app=none: there is no such output; app is base, billing, shop"),
        (("flux", "--steps"), "--steps is about Argo CD, which has ApplicationSets: kpy gitops argocd --steps"),
        (("argocd", "--steps", "--sets"), "--sets writes a set for each app, and --steps one for each environment"),
    ],
)
def test_steps_are_refused_where_there_are_none(kpy: Run, words: tuple[str, ...], error: str) -> None:
    code, out, err = kpy("gitops", *words)

    assert (code, out) == (2, "")
    assert error in err
