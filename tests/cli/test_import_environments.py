"""`kpy import` of several environments: overlays, folders, values of a chart, and what is not clear."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which
from textwrap import dedent
from typing import Any

import pytest
import yaml

from kpy.cli.main import run
from tests.cli.overlays import CONFIG, SERVICE, folders, overlays, write
from tools.programs import ProgramError, cached

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what runs a command in an empty folder, and returns its exit code and both streams."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        code = run(list(words))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def program(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a real program onto PATH and return its path, or skip the test."""
    try:
        path = cached(name) or which(name)
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip(f"there is no {name}: run `python tools/programs.py {name}`")
    monkeypatch.setenv("PATH", str(Path(path).parent), prepend=os.pathsep)
    return str(path)


def test_overlays_become_one_app_that_is_what_a_person_would_write(kpy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    program("kustomize", monkeypatch)
    overlays()

    code, out, err = kpy("import", "overlays/dev", "overlays/prod", "-o", "app.py")

    assert (code, out) == (0, "")
    assert Path("app.py").read_text() == dedent(
        '''\
        from typing import Literal, NamedTuple

        from kpy import (
            App,
            Chart,
            ConfigMap,
            Container,
            Deployment,
            Ingress,
            Probe,
            Resources,
            Secret,
        )

        Env = Literal["dev", "prod"]


        class Values(NamedTuple):
            """What differs between the environments."""

            settings_name: str
            log_level: str
            replicas: int
            image: str
            readiness_period_seconds: int
            resources: Resources
            priority_class_name: str | None = None


        VALUES: dict[Env, Values] = {
            "dev": Values(
                settings_name="dev-settings-6mkmttkb8t",
                log_level="debug",
                replicas=1,
                image="ghcr.io/shop/web:1.4",
                readiness_period_seconds=10,
                resources=Resources(cpu=("100m", None), memory=("128Mi", None)),
            ),
            "prod": Values(
                settings_name="prod-settings-kb2hmdmt8g",
                log_level="warn",
                replicas=6,
                image="ghcr.io/shop/web:1.5",
                readiness_period_seconds=5,
                resources=Resources(cpu=("500m", None), memory=("1Gi", None)),
                priority_class_name="high",
            ),
        }


        def app(env: Env) -> App:
            """Return the app in one of its environments."""
            values = VALUES[env]
            app = App("shop")
            chart = app.add(Chart("shop", namespace=f"shop-{env}"))

            settings = chart.add(
                ConfigMap(
                    values.settings_name,
                    data={
                        **({"CACHE": "redis"} if env == "prod" else {}),
                        "FEATURE_X": "off",
                        "LOG_LEVEL": values.log_level,
                    },
                )
            )
            web = chart.add(
                Deployment(
                    f"{env}-web",
                    replicas=values.replicas,
                    selector={"app": "web"},
                    containers=[
                        Container(
                            "web",
                            env={
                                "PASSWORD": Secret.existing(f"{env}-db-cf85kd65mm")["password"]
                            },
                            env_from=[settings],
                            image=values.image,
                            ports={"http": 8080},
                            readiness_probe=Probe.http(
                                "/healthz",
                                port="http",
                                period_seconds=values.readiness_period_seconds,
                            ),
                            resources=values.resources,
                        ),
                        *(
                            [Container("metrics", image="ghcr.io/shop/metrics:2")]
                            if env == "prod"
                            else []
                        ),
                    ],
                    priority_class_name=values.priority_class_name,
                )
            )
            web_service = chart.add(web.expose(port=80))

            if env == "prod":
                chart.add(
                    Ingress("prod-web", host="shop.example.com", routes={"/": web_service})
                )

            return app
        '''
    )
    assert err == (
        "5 objects in 2 environments: 4 in short form, 1 left out\n"
        '  Secret "shop-dev/dev-db-cf85kd65mm", left out: values of Secrets are not written into Python\n'
        "table: 7 values for each environment\n"
        "proof: the app was synthesised in each environment, and makes the same objects: 3 in dev, 4 in prod\n"
        "written to app.py; next: kpy synth app.py --set env=dev\n"
        "with [tool.kpy.environments.dev], [tool.kpy.environments.prod] in pyproject.toml (make that file if there is "
        "none): kpy synth app.py --env dev\n"
    )


@pytest.mark.parametrize("words", [("overlays/dev", "overlays/prod"), ("-k", "overlays/dev", "-k", "overlays/prod")])
def test_each_environment_is_what_its_overlay_makes(
    kpy: Call, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    kustomize = program("kustomize", monkeypatch)
    overlays()
    write("pyproject.toml", "[tool.kpy.environments.dev]\n[tool.kpy.environments.prod]\n")
    assert kpy("import", *words, "-o", "app.py")[0] == 0

    for env in ("dev", "prod"):
        by_parameter = kpy("synth", "app.py", "--set", f"env={env}")[1]
        by_project = kpy("synth", "app.py", "--env", env)[1]
        made = [*yaml.safe_load_all(by_parameter)]
        command = [kustomize, "build", f"overlays/{env}"]
        wanted = [*yaml.safe_load_all(subprocess.run(command, capture_output=True, text=True, check=True).stdout)]

        def key(tree: Any) -> str:
            return str(tree["kind"])

        assert by_parameter == by_project
        assert sorted(made, key=key) == sorted((tree for tree in wanted if key(tree) != "Secret"), key=key)


def test_folders_that_are_named_become_one_app(kpy: Call) -> None:
    folders()

    code, out, err = kpy("import", "--env", "dev=k8s/dev", "--env", "prod=k8s/prod", "-o", "infra/app.py")

    text = Path("infra/app.py").read_text()
    assert (code, out) == (0, "")
    assert 'chart.add(Yaml(f"../k8s/{env}/secret.yaml"))' in text
    assert '"prod": Values(level="warn", replicas=6, image="ghcr.io/shop/web:1.5"),' in text
    assert "hunter2" not in text + err
    assert 'Secret "db", left in its file: values of Secrets are not written into Python\n' in err
    assert "password: hunter2" in kpy("synth", "infra/app.py", "--set", "env=prod")[1]


def test_values_of_a_chart_become_a_table(kpy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    program("helm", monkeypatch)
    write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write("web/values.yaml", "level: info\nname: web\n")
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Values.name }}'}\n"
    write("web/templates/config.yaml", template + "data: {LEVEL: '{{ .Values.level }}'}\n")
    write("all.yaml", "name: front\n")
    write("dev.yaml", "level: debug\n")
    write("prod.yaml", "level: warn\n")

    words = ("--chart", "web", "-f", "all.yaml", "--env", "dev=dev.yaml", "--env", "prod=prod.yaml")
    code, out, _ = kpy("import", *words)

    assert code == 0
    assert 'app = App("web")' in out
    assert 'chart.add(ConfigMap("front", data={"LEVEL": values.level}))' in out
    assert '"dev": Values(level="debug"),' in out


def test_several_paths_of_one_environment_are_read_together(kpy: Call) -> None:
    write("a.yaml", CONFIG % "info")
    write("b.yaml", SERVICE)
    write("c.yaml", (CONFIG % "info") + "---\n" + SERVICE)

    code, out, err = kpy("import", "--env", "dev=a.yaml", "--env", "dev=b.yaml", "--env", "prod=c.yaml")

    assert code == 0
    assert "Values" not in out
    assert "table" not in err
    assert err.startswith("2 objects in 2 environments: 2 in short form\n")


def test_what_is_apart_or_in_some_environments_is_told(kpy: Call) -> None:
    issuer = "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: ca%s}, spec: {ca: {}}}\n"
    role = "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}, rules: [%s]}\n"
    get, listed = (
        '{apiGroups: [""], resources: [pods], verbs: [get]}',
        "{apiGroups: [apps], resources: [deployments], verbs: [list]}",
    )
    write("dev.yaml", role % get)
    write("edge.yaml", SERVICE)
    write("prod.yaml", "---\n".join((role % f"{get}, {listed}", *(issuer % number for number in range(25)))))

    code, _, err = kpy(
        "import", *(word for name in ("dev", "edge", "prod") for word in ("--env", f"{name}={name}.yaml"))
    )

    assert code == 0
    assert '  Role "a" (dev, prod), written apart for its environments: ' in err
    assert '  Issuer "ca0" (prod), as Raw: kpy has no type for cert-manager.io/v1 Issuer\n' in err
    assert "  and 6 more\n" in err


def test_long_texts_are_written_beside_the_app(kpy: Call) -> None:
    text = "".join(f"  line {number}\n" for number in range(30))
    long = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |\n  %s\n"
    write("dev.yaml", long % text.replace("\n", "\n  "))
    write("prod.yaml", long % text.replace("\n", "\n  ").replace("line 3", "other 3"))

    code, _, err = kpy("import", "--env", "dev=dev.yaml", "--env", "prod=prod.yaml", "-o", "app.py")

    assert code == 0
    assert "written to app.py, its long texts to config/dev/a, config/prod/a; next: kpy synth app.py" in err
    assert "other 3" in Path("config/prod/a/text").read_text()
    assert kpy("synth", "app.py", "--set", "env=prod")[0] == 0


def test_objects_that_a_server_names_are_not_the_same_twice(kpy: Call) -> None:
    job = "{apiVersion: v1, kind: Pod, metadata: {generateName: a-}, spec: {containers: [{name: a, image: a}]}}\n"
    write("a.yaml", job)
    write("b.yaml", job)

    assert kpy("import", "a.yaml", "b.yaml")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["k8s", "--env", "dev=k8s"], "--env says what to import: give k8s a name too, as `--env NAME=k8s`"),
        (["--env", "dev"], "--env: expected NAME=PATH, such as prod=overlays/prod, and not `dev`"),
        (["--env", "a b=k8s"], "--env: expected NAME=PATH, such as prod=overlays/prod, and not `a b=k8s`"),
        (
            ["--env", "dev=k8s"],
            "--env: give at least two environments, such as `--env dev=k8s --env OTHER=PATH`",
        ),
        (
            ["--env", "dev=-", "--env", "prod=k8s"],
            "--env dev=-: an environment is read from a folder or a file, not from standard input",
        ),
        (["--env", "dev=no", "--env", "prod=no"], "no: there is no such file or folder"),
        (
            ["k8s/dev", "k8s/prod"],
            'k8s/dev and k8s/prod both declare Deployment "web", which one app cannot have twice: for environments of '
            "one app, name them, as `--env dev=k8s/dev --env prod=k8s/prod`; else import them apart",
        ),
        (
            ["overlays/dev", "k8s/prod"],
            "overlays/dev has a kustomization, and k8s/prod has none: for environments of one app, name them all, as "
            "`--env dev=overlays/dev --env prod=k8s/prod`; else import them apart",
        ),
        (
            ["overlays/dev", "k8s/dev"],
            "overlays/dev has a kustomization, and k8s/dev has none: for environments of one app, name them all, as "
            "`--env overlays=overlays/dev --env k8s=k8s/dev`; else import them apart",
        ),
        (
            ["-k", "overlays/dev", "-k", "overlays/dev/"],
            "what the environments overlays/dev, overlays/dev/ are called is not clear: name them, as "
            "`--env NAME=overlays/dev`",
        ),
        (
            ["k8s/dev/secret.yaml", "k8s/prod/secret.yaml"],
            'k8s/dev/secret.yaml and k8s/prod/secret.yaml both declare Secret "db", which one app cannot have twice: '
            "for environments of one app, name them, as `--env dev=k8s/dev/secret.yaml --env "
            "prod=k8s/prod/secret.yaml`; else import them apart",
        ),
        (["overlays/dev", "overlays/pord"], "overlays/pord: there is no such file or folder"),
        (["overlays/dev", "overlays/prod", "--live"], "--live is for what a cluster says, not for overlays"),
        (
            ["--env", "dev=k8s/dev", "--env", "prod=k8s/prod", "--live"],
            "--live is for what a cluster says: `kubectl get ... -o yaml | kpy import - --live`",
        ),
        (["--env", "dev=k8s/dev", "--env", "prod=k8s/prod", "-f", "v.yaml"], "--values goes with --chart"),
    ],
)
def test_what_is_not_clear_is_refused_and_nothing_is_written(kpy: Call, words: list[str], said: str) -> None:
    overlays()
    folders()

    code, out, err = kpy("import", *words, "-o", "app.py")

    assert (code, out, err) == (2, "", f"error: {said}\n")
    assert not Path("app.py").exists()


def test_file_that_is_there_stays_unless_forced(kpy: Call) -> None:
    folders()
    write("app.py", "mine\n")
    words = ("--env", "dev=k8s/dev", "--env", "prod=k8s/prod", "-o", "app.py")

    assert kpy("import", *words)[0] == 2
    assert Path("app.py").read_text() == "mine\n"
    assert kpy("import", *words, "--force")[0] == 0
    assert "def app(env: Env) -> App:" in Path("app.py").read_text()


def test_broken_overlay_stops_the_import(kpy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    program("kustomize", monkeypatch)
    overlays()
    write("overlays/prod/kustomization.yaml", "resources: [../../nowhere]\n")

    code, _, err = kpy("import", "overlays/dev", "overlays/prod", "-o", "app.py")

    assert code == 2
    assert err.startswith("error: overlays/prod: ")
    assert not Path("app.py").exists()


def test_folder_above_overlays_says_how_to_import_them_together(kpy: Call) -> None:
    overlays()

    _, _, err = kpy("import", "overlays")

    assert "or of several as environments: `kpy import overlays/dev overlays/prod`" in err
