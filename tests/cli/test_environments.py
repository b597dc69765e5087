"""`--env`: the parameters of an environment, for every command that takes an app."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[project]
name = "shops"

[tool.kpy]
app = "apps/shop/app.py"
contexts = ["everywhere"]

[tool.kpy.environments.staging]
values = "values/{app}/{env}.yaml"

[tool.kpy.environments.prod]
values = "values/prod.toml"
set = { replicas = 6 }
kubernetes = "1.34"
contexts = ["prod-eu", "prod-us"]
output = "rendered/{env}/{app}"
"""
#: What is said of a secret by reference in written files.
SHOWN = (
    'warning: Secret "shop-prod/db" has a value from a reference, {env: ...} or {file: ...}, and the files show it: '
    "keep them out of Git, or let the cluster get it by SOPS, Sealed Secrets or External Secrets (docs/secrets.md)\n"
)
APP = """\
from dataclasses import dataclass
from typing import Literal

from kpy import App, Chart, ConfigMap, Secret


@dataclass
class Database:
    password: str
    size: str = "1Gi"


def app(env: Literal["staging", "prod"], database: Database, replicas: int = 1, hosts: list[str] = []) -> App:
    app = App("shop")
    chart = app.add(Chart("web", namespace=f"shop-{env}"))
    chart.add(Secret.from_literals("db", {"password": database.password}))
    chart.add(ConfigMap.from_literals("web", {"count": str(replicas), "size": database.size, "hosts": ",".join(hosts)}))
    return app
"""
STAGING = "# two are enough\nreplicas: 2\ndatabase:\n  size: 10Gi\n  password: {env: DB_PASSWORD}\n"
PROD = 'hosts = ["shop.example.com"]\n[database]\nsize = "100Gi"\npassword = { file = "db.txt" }\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a project with two environments."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_PASSWORD", "staging-password")
    for path, text in {
        "pyproject.toml": SETTINGS,
        "apps/shop/app.py": APP,
        "values/shop/staging.yaml": STAGING,
        "values/prod.toml": PROD,
        "values/db.txt": "prod-password\n",
    }.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def test_values_of_the_environment_reach_the_app(kpy: Run) -> None:
    code, out, err = kpy("synth", "--env", "staging")

    assert (code, err) == (0, "")
    assert "namespace: shop-staging" in out
    assert 'count: "2"\n  size: 10Gi\n  hosts: ""' in out


def test_settings_win_over_values_and_the_command_line_over_both(kpy: Run) -> None:
    code, out, _ = kpy("synth", "--env", "prod", "-o", "-")
    assert code == 0
    assert 'count: "6"\n  size: 100Gi\n  hosts: shop.example.com' in out

    code, out, _ = kpy("synth", "--env", "prod", "-o", "-", "--set", "replicas=9", "--set", "database.size=5Gi")
    assert code == 0
    assert 'count: "9"\n  size: 5Gi\n' in out


def test_output_of_the_environment_is_written_and_checked(kpy: Run) -> None:
    assert kpy("synth", "--env", "prod") == (0, "", f"rendered/prod/shop: 1 file, 1 changed\n{SHOWN}")
    assert Path("rendered/prod/shop/web.yaml").exists()
    assert kpy("synth", "--env", "prod", "--check") == (0, "", "")

    code, _, err = kpy("synth", "--env", "prod", "--check", "--set", "database.size=5Gi")
    assert code == 1
    assert err.endswith("to bring the files up to date: kpy synth --set database.size=5Gi --env prod\n")


def test_output_is_where_the_project_is(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("apps/shop")

    code, _, err = kpy("synth", "app.py", "--env", "prod")

    assert code == 0
    assert err.endswith(f"rendered/prod/shop: 1 file, 1 changed\n{SHOWN}")
    assert Path("../../rendered/prod/shop/web.yaml").exists()


def test_release_and_contexts_are_those_of_the_environment(kpy: Run) -> None:
    code, _, err = kpy("apply", "--env", "prod", "--context", "everywhere")
    assert code == 2
    assert err.startswith(
        "error: --context everywhere: `contexts` of [tool.kpy.environments.prod] does not allow it; "
        "it allows prod-eu, prod-us. "
    )
    code, _, err = kpy("apply", "--env", "prod")
    assert code == 2
    assert err == (
        "error: the environment prod may be applied to several contexts: choose one with --context: prod-eu, prod-us\n"
    )

    edit("pyproject.toml", 'kubernetes = "1.34"', 'kubernetes = "1.99"')
    code, _, err = kpy("synth", "--env", "prod")
    assert code == 2
    assert 'kubernetes = "1.99": kpy knows' in err


def test_release_of_the_environment_wins_over_that_of_the_app(kpy: Run) -> None:
    edit("apps/shop/app.py", 'App("shop")', 'App("shop", kubernetes="1.29")')
    edit("apps/shop/app.py", "    return app", "    from kpy import Raw\n    chart.add(Raw(FLOWS))\n    return app")
    flows = '{"apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3", "kind": "FlowSchema", "metadata": {"name": "a"}}'
    edit("apps/shop/app.py", "\n\n@dataclass", f"\n\nFLOWS = {flows}\n\n\n@dataclass")

    assert "v1beta3" not in kpy("synth", "--env", "staging")[2]  # 1.29 still has it
    code, _, err = kpy("synth", "--env", "prod", "-o", "-")
    assert code == 1
    assert "flowcontrol.apiserver.k8s.io/v1beta3" in err  # 1.34 does not


@pytest.mark.parametrize(
    ("path", "old", "new", "error"),
    [
        (
            "values/shop/staging.yaml",
            "replicas: 2",
            "replicas: two",
            'values/shop/staging.yaml:2:1: `replicas`: expected a whole number, not the text "two"',
        ),
        (
            "values/shop/staging.yaml",
            "replicas: 2",
            "replicsa: 2",
            "values/shop/staging.yaml:2:1: app() has no parameter `replicsa`; did you mean `replicas`?",
        ),
        (
            "values/shop/staging.yaml",
            "  size: 10Gi",
            "  sise: 10Gi",
            "values/shop/staging.yaml:4:3: `database.sise`: `Database` has no `sise`; did you mean `size`?",
        ),
        (
            "values/shop/staging.yaml",
            "{env: DB_PASSWORD}",
            "{env: DB_PASWORD}",
            "values/shop/staging.yaml:5:3: the environment variable DB_PASWORD is not set",
        ),
        (
            "values/shop/staging.yaml",
            "password: {env: DB_PASSWORD}",
            "password: 12345678",
            "values/shop/staging.yaml:5:3: `database.password`: expected text, not the value that is there; "
            "put it in quotes",
        ),
        (
            "pyproject.toml",
            "values/{app}/{env}.yaml",
            "values/{env}.yaml",
            "values/staging.yaml: the values cannot be read: No such file or directory",
        ),
    ],
)
def test_wrong_value_is_told_at_its_line(kpy: Run, path: str, old: str, new: str, error: str) -> None:
    edit(path, old, new)

    assert kpy("synth", "--env", "staging") == (2, "", f"error: {error}\n")


def test_wrong_value_of_the_settings_is_told_at_its_line(kpy: Run) -> None:
    edit("pyproject.toml", "replicas = 6", 'replicas = "6"')

    expected = 'error: pyproject.toml:13:9: `replicas`: expected a whole number, not the text "6"\n'
    assert kpy("synth", "--env", "prod") == (2, "", expected)


def test_misspelt_secret_on_the_command_line_is_not_shown(kpy: Run) -> None:
    code, _, err = kpy("synth", "--env", "staging", "--set", "database.pasword=geheim123")

    assert code == 2
    assert "database.pasword: `Database` has no `pasword`; did you mean `password`?" in err
    assert "geheim" not in err


def test_unknown_environment_has_a_near_name(kpy: Run) -> None:
    expected = 'error: --env prd: there is no environment "prd"; did you mean `prod`?\n'
    assert kpy("synth", "--env", "prd") == (2, "", expected)

    Path("pyproject.toml").write_text('[tool.kpy]\napp = "apps/shop/app.py"\n')
    code, _, err = kpy("synth", "--env", "prod")
    assert code == 2
    assert err == (
        f'error: --env prod: there is no environment "prod": {os.path.realpath("pyproject.toml")} names none; '
        'add [tool.kpy.environments.prod] with values = "values/prod.yaml"\n'
    )


def test_secret_given_by_reference_is_in_the_manifest_alone(kpy: Run) -> None:
    edit("apps/shop/app.py", '"size": database.size', '"size": database.password')

    code, out, err = kpy("compare", "--env", "staging", "--env", "prod")
    assert code == 0
    assert "data[size]: (hidden) -> (hidden)" in out
    assert "staging-password" not in out + err
    assert "prod-password" not in out + err


def test_two_environments_are_compared_under_one_name(kpy: Run) -> None:
    code, out, err = kpy("compare", "--env", "staging", "--env", "prod")

    assert code == 0
    assert err == "note: names that differ by environment count as equal: shop-staging as shop-prod\n"
    assert out == (
        '~ Secret "shop-prod/db": update in place   (apps/shop/app.py:16)\n'
        "    data[password]: (hidden) -> (hidden)\n"
        '~ ConfigMap "shop-prod/web": update in place   (apps/shop/app.py:17)\n'
        '    data[count]: "2" -> "6"\n'
        '    data[size]: "10Gi" -> "100Gi"\n'
        '    data[hosts]: "" -> "shop.example.com"\n'
        "2 update in place\n"
    )


def test_sides_and_environments_are_told_apart(kpy: Run) -> None:
    app = "apps/shop/app.py"
    assert kpy("compare", app, app, "--env", "prod") == (0, "2 no change\n", "")
    assert kpy("compare", app, "--env", "staging", "--env", "staging") == (0, "2 no change\n", "")

    code, _, err = kpy("compare", "--env", "prod")
    assert code == 2
    assert "one app in two environments: kpy compare shop.py --env staging --env prod" in err
    code, _, err = kpy("compare", "--env", "a", "--env", "b", "--env", "c")
    assert code == 2
    assert "takes --env once for both sides, or twice" in err


def test_revision_is_made_with_its_own_values(kpy: Run) -> None:
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], check=True)
    edit("values/shop/staging.yaml", "replicas: 2", "replicas: 3")

    code, out, _ = kpy("compare", "git:HEAD", "apps/shop/app.py", "--env", "staging")

    assert code == 0
    assert '    data[count]: "2" -> "3"\n' in out


@pytest.mark.parametrize("command", ["validate", "graph"])
def test_every_command_takes_an_environment(kpy: Run, command: str) -> None:
    code, _, err = kpy(command, "--env", "staging")

    assert code == 0, err


def test_environment_without_values_needs_none(kpy: Run) -> None:
    Path("plain.py").write_text(
        'from kpy import App, Chart, ConfigMap\napp = App("plain")\napp.add(Chart("c")).add(ConfigMap("m"))\n'
    )
    edit("pyproject.toml", 'values = "values/{app}/{env}.yaml"', "")

    assert kpy("synth", "plain.py", "--env", "staging")[0] == 0
    code, _, err = kpy("synth", "plain.py", "--env", "prod")
    assert code == 2
    assert "`app` is an App, not a function, so there is no parameter to set (`hosts`, `database`, `replicas`)" in err
