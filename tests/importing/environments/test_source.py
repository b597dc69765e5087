"""Environments become one module that reads as a person would write it."""

from __future__ import annotations

import copy
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from kpy.documents import read_documents
from kpy.importing import ImportedEnvironments, environments_to_source
from kpy.importing.texts import TextFiles

WEB = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web:1}]}
    """


def config(name: str, **data: str) -> dict[str, Any]:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    return made if data else {key: value for key, value in made.items() if key != "data"}


def web(**container: Any) -> dict[str, Any]:
    """Return a workload whose container says something more."""
    made = copy.deepcopy(yaml.safe_load(dedent(WEB)))
    made["spec"]["template"]["spec"]["containers"][0] |= container
    return made  # type: ignore[no-any-return]


def imported(**environments: Any) -> ImportedEnvironments:
    """Return the module of environments: objects, or texts with comments."""
    sources = {name: {"-": dedent(each)} for name, each in environments.items() if isinstance(each, str)}
    documents = {
        name: read_documents(dedent(each), "-").documents if isinstance(each, str) else each
        for name, each in environments.items()
    }
    made = environments_to_source(documents, sources=sources)
    assert made.differences == ()
    return made


def body(made: ImportedEnvironments) -> str:
    """Return what makes the objects."""
    return dedent(
        made.text.partition('    chart = app.add(Chart("app"))\n')[2].removesuffix("    return app\n")
    ).strip()


def table(made: ImportedEnvironments) -> list[str]:
    """Return the fields of the table."""
    fields = made.text.partition('differs between the environments."""\n\n')[2].partition("\n\n\n")[0]
    return [line.strip() for line in fields.splitlines()]


def test_what_is_the_same_needs_no_table() -> None:
    made = imported(dev=[config("a", K="v")], prod=[config("a", K="v")])

    assert made.text == dedent(
        '''\
        from typing import Literal

        from kpy import App, Chart, ConfigMap

        Env = Literal["dev", "prod"]


        def app(env: Env) -> App:
            """Return the app in one of its environments."""
            app = App("app")
            chart = app.add(Chart("app"))

            chart.add(ConfigMap("a", data={"K": "v"}))
            return app
        '''
    )
    assert (made.values, made.environments, made.counts) == (0, {"dev": 1, "prod": 1}, {"short": 1})


def test_conditions_are_as_short_as_they_can_be() -> None:
    a, b, c = (config(name) for name in "abc")
    made = imported(dev=[a], staging=[a, b, c], prod=[b], edge=[b])

    assert body(made) == dedent(
        """\
        if env in ("dev", "staging"):
            chart.add(ConfigMap("a"))

        if env != "dev":
            chart.add(ConfigMap("b"))

        if env == "staging":
            chart.add(ConfigMap("c"))"""
    )


def test_names_with_the_environment_in_them_are_one() -> None:
    made = imported(
        dev=[config("dev-a", HOST="dev.example.com", ENV="dev", QUOTED='"dev"')],
        prod=[config("prod-a", HOST="prod.example.com", ENV="prod", QUOTED='"prod"')],
    )

    assert body(made) == (
        'chart.add(\n    ConfigMap(\n        f"{env}-a",\n'
        '        data={"HOST": f"{env}.example.com", "ENV": env, "QUOTED": values.quoted},\n    )\n)'
    )
    assert table(made) == ["quoted: str"]


def test_what_stands_before_all_names_is_one_field() -> None:
    first = [config("d-a", K="1"), config("d-b"), web()]
    first[2]["metadata"]["name"] = "d-web"
    second = [config("p-a", K="2"), config("p-b"), web()]
    second[2]["metadata"]["name"] = "p-web"
    made = imported(dev=first, prod=second)

    assert table(made) == ["name_prefix: str", "a_config_k: str"]
    assert 'ConfigMap(f"{values.name_prefix}a", data={"K": values.a_config_k})' in made.text
    assert len(made.objects) == 3


def test_what_stands_behind_all_names_is_one_field() -> None:
    made = imported(dev=[config("a-x"), config("b-x")], prod=[config("a-y"), config("b-y")])

    assert table(made) == ["name_suffix: str"]
    assert 'ConfigMap(f"a{values.name_suffix}")' in made.text


def test_hashes_of_kustomize_do_not_make_two_objects() -> None:
    made = imported(
        dev=[config("settings-6mkmttkb8t", K="1"), web(envFrom=[{"configMapRef": {"name": "settings-6mkmttkb8t"}}])],
        prod=[config("settings-kb2hmdmt8g", K="2"), web(envFrom=[{"configMapRef": {"name": "settings-kb2hmdmt8g"}}])],
    )

    assert 'settings = chart.add(ConfigMap(values.settings_name, data={"K": values.k}))' in made.text
    assert "env_from=[settings]" in made.text


def test_objects_of_unlike_names_are_two() -> None:
    made = imported(dev=[config("alpha"), config("beta")], prod=[config("gamma"), config("delta")])

    assert [each.environments for each in made.objects] == [("dev",)] * 2 + [("prod",)] * 2


def test_charts_are_those_of_namespaces_in_each_environment() -> None:
    def objects(env: str) -> list[Any]:
        spaced = [config("a"), config("b")]
        for each, space in zip(spaced, ("web", "data"), strict=True):
            each["metadata"]["namespace"] = f"{space}-{env}"
        return spaced

    made = imported(dev=objects("dev"), prod=objects("prod"))

    assert 'web = app.add(Chart("web", namespace=f"web-{env}"))' in made.text
    assert 'data = app.add(Chart("data", namespace=f"data-{env}"))' in made.text


def test_chart_of_which_only_one_environment_has_objects_is_made_there() -> None:
    first, second = config("a"), config("b")
    first["metadata"]["namespace"], second["metadata"]["namespace"] = "shop", "extra"
    made = imported(dev=[first], prod=[first, second])

    assert (
        '    if env == "prod":\n'
        '        extra = app.add(Chart("extra", namespace="extra"))\n'
        '        extra.add(ConfigMap("b"))\n'
    ) in made.text


def test_chart_of_which_each_environment_has_something_else_is_made_for_all() -> None:
    shared, one, other = config("a"), config("b"), config("c")
    for each, space in ((shared, "shop"), (one, "extra"), (other, "extra")):
        each["metadata"]["namespace"] = space
    made = imported(dev=[shared, one], prod=[shared, other])

    assert '\n    extra = app.add(Chart("extra", namespace="extra"))\n' in made.text


def test_namespace_that_only_one_environment_says_is_optional() -> None:
    spaced = config("a")
    spaced["metadata"]["namespace"] = "shop"
    made = imported(dev=[config("a")], prod=[spaced])

    assert "namespace=values.namespace" in made.text
    assert table(made) == ["namespace: str | None = None"]


def test_labels_of_a_chart_are_those_that_it_has_in_all_environments() -> None:
    def objects(env: str, **more: str) -> list[Any]:
        made = [config("a"), config("b")]
        for each in made:
            each["metadata"]["labels"] = {"env": env, **more}
        return made

    made = imported(dev=objects("dev"), prod=objects("prod", team="x"))

    assert 'Chart("app", labels={"env": env})' in made.text
    assert 'ConfigMap("a", labels=values.a_config_labels)' in made.text


def test_several_texts_that_only_some_have_stand_in_the_table() -> None:
    made = imported(dev=[config("a", K="1")], prod=[config("a", K="1", L="2", M="3")])

    assert body(made) == 'chart.add(ConfigMap("a", data={"K": "1", **values.a_config_data}))'
    assert table(made) == ["a_config_data: dict[str, str]"]


def test_texts_that_have_nothing_in_common_are_the_whole_field() -> None:
    made = imported(dev=[config("a", K="1")], prod=[config("a", L="2", M="3")])

    assert body(made) == 'chart.add(ConfigMap("a", data=values.a_config_data))'


def test_variables_of_a_container_keep_their_order() -> None:
    def env(*names: str) -> list[dict[str, str]]:
        return [{"name": name, "value": name.lower()} for name in names]

    made = imported(dev=[web(env=env("A", "D"))], prod=[web(env=env("A", "B", "C", "D"))])

    assert 'env={"A": "a", **values.web_env, "D": "d"}' in made.text


def test_variables_in_another_order_are_chosen_as_a_whole() -> None:
    def env(*names: str) -> list[dict[str, str]]:
        return [{"name": name, "value": name.lower()} for name in names]

    made = imported(dev=[web(env=env("A", "B"))], prod=[web(env=env("B", "A"))])

    assert "env=values.web_env" in made.text


def test_flags_differ_in_their_values() -> None:
    made = imported(
        dev=[web(args=["serve", "--level=debug", "--port=80"])],
        prod=[web(args=["serve", "--level=info", "--port=80", "--cache"])],
    )

    assert 'f"--level={values.level}"' in made.text
    assert '*(["--cache"] if env == "prod" else [])' in made.text


def test_lists_of_other_texts_are_fields() -> None:
    made = imported(dev=[web(args=["a", "b", "c"])], prod=[web(args=["x", "y"])])

    assert "args=values.web_args" in made.text
    assert table(made) == ["web_args: list[str]"]


def test_words_of_a_list_differ_where_they_stand() -> None:
    made = imported(dev=[web(args=["--level", "debug"])], prod=[web(args=["--level", "info"])])

    assert 'args=["--level", values.web_args]' in made.text


def test_closed_sets_are_literal_types() -> None:
    made = imported(dev=[web(imagePullPolicy="Always")], prod=[web(imagePullPolicy="Never")])

    assert table(made) == ['image_pull_policy: Literal["Always", "Never"]']


def test_values_that_are_a_whole_are_one_field() -> None:
    probe = {"tcpSocket": {"port": 80}}
    made = imported(
        dev=[web(livenessProbe=probe)],
        prod=[web(livenessProbe={"httpGet": {"path": "/", "port": 80}}, resources={"requests": {"cpu": "1"}})],
    )

    assert table(made) == ["liveness_probe: Probe", "resources: Resources | None = None"]


def test_fields_of_several_workloads_have_their_names() -> None:
    def objects(image: str) -> list[Any]:
        other = web(image=f"{image}-api")
        other["metadata"]["name"] = "api"
        return [web(image=image), other]

    made = imported(dev=objects("shop:1"), prod=objects("shop:2"))

    assert table(made) == ["web_image: str", "api_image: str"]


def test_container_that_only_some_have_stands_behind_a_condition() -> None:
    more = web()
    more["spec"]["template"]["spec"]["containers"].append({"name": "metrics", "image": "m:1"})
    made = imported(dev=[web()], prod=[more])

    assert 'containers=[\n                Container("web", image="web:1"),\n                *(' in made.text
    assert '[Container("metrics", image="m:1")] if env == "prod" else []' in made.text


def test_object_that_only_some_have_is_named_where_all_refer_to_it() -> None:
    reference = [{"configMapRef": {"name": "extra"}}]
    made = imported(dev=[web()], prod=[web(envFrom=reference), config("extra")])

    assert 'env_from=[ConfigMap.existing("extra")] if env == "prod" else None' in made.text


def test_objects_that_only_some_have_refer_to_each_other() -> None:
    made = imported(dev=[config("a")], prod=[config("a"), config("b"), web(envFrom=[{"configMapRef": {"name": "b"}}])])

    assert 'b_config = chart.add(ConfigMap("b"))' in made.text
    assert "env_from=[b_config]" in made.text


def role(*rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "reader"},
        "rules": [*rules],
    }


GET = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
LIST = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}


def test_call_that_only_some_have_stands_behind_a_condition() -> None:
    made = imported(dev=[role(GET)], prod=[role(GET, LIST)])

    assert body(made) == dedent(
        """\
        reader_role = chart.add(Role("reader"))
        reader_role.allow("get", "pods")
        if env == "prod":
            reader_role.allow("list", "deployments")"""
    )


def test_object_that_is_too_different_is_written_for_each_and_says_why() -> None:
    made = imported(dev=[role(GET)], staging=[role(LIST, GET)], prod=[])

    assert [(each.title, each.is_apart, each.environments) for each in made.objects] == [
        ('Role "reader"', True, ("dev", "staging"))
    ]
    assert made.objects[0].reason
    assert 'if env == "dev":' in made.text
    assert 'if env == "staging":' in made.text


def test_object_without_a_type_is_one_mapping() -> None:
    def issuer(email: str) -> dict[str, Any]:
        return {"apiVersion": "a.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}, "spec": {"email": email, "n": 1}}

    made = imported(dev=[issuer("a@x.io")], prod=[issuer("b@x.io")])

    assert '"spec": {"email": values.email, "n": 1}' in made.text
    assert made.counts == {"raw": 1}


def test_comments_are_kept_and_those_of_one_environment_stand_at_its_value() -> None:
    first = (
        dedent(WEB).replace("  replicas: 1", "  # One is enough.\n  replicas: 1").replace("kind:", "# The web.\nkind:")
    )
    second = first.replace("One is enough", "Six, for the peak").replace("replicas: 1", "replicas: 6")
    made = imported(dev=first, prod=second)

    assert '"prod": Values(\n        # Six, for the peak.\n        replicas=6,\n    ),' in made.text
    assert "replicas=values.replicas" in made.text
    assert made.text.count("# The web.") == 1


def secrets(folder: Path, env: str, *names: str) -> list[Any]:
    documents = []
    for name in names:
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {"p": "hunter2"}}
        path = folder / env / f"{name.removeprefix(env)}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(secret))
        documents += read_documents(path.read_text(), str(path)).documents
    return documents


def test_secrets_stay_in_the_files_of_each_environment(tmp_path: Path) -> None:
    def objects(env: str, *more: str) -> list[Any]:
        key = {"secretKeyRef": {"name": f"{env}-db", "key": "p"}}
        return [*secrets(tmp_path, env, f"{env}-db", *more), web(env=[{"name": "P", "valueFrom": key}])]

    documents = {"dev": objects("dev"), "prod": objects("prod", "prod-more")}
    roots = {env: str(tmp_path / env) for env in documents}
    made = environments_to_source(documents, file=str(tmp_path / "app.py"), roots=roots)

    assert made.differences == ()
    assert 'Yaml(f"{env}/-db.yaml")' in made.text
    assert '.find("Secret", f"{env}-db")["p"]' in made.text
    assert 'if env == "prod":\n        chart.add(Yaml("prod/-more.yaml"))' in made.text
    assert "hunter2" not in made.text


def test_secrets_in_files_of_other_shapes_are_only_named(tmp_path: Path) -> None:
    key = {"secretKeyRef": {"name": "a", "key": "p"}}
    workload = web(env=[{"name": "P", "valueFrom": key}])
    both = [*secrets(tmp_path, "dev", "a", "b"), workload]
    together = tmp_path / "all.yaml"
    together.write_text("---\n".join((tmp_path / "dev" / f"{name}.yaml").read_text() for name in "ab"))
    documents = {"dev": both, "prod": [*read_documents(together.read_text(), str(together)).documents, workload]}

    made = environments_to_source(documents, file=str(tmp_path / "app.py"))

    assert made.differences == ()
    assert "hunter2" not in made.text


def test_long_texts_are_files_one_for_each_environment_where_they_differ(tmp_path: Path) -> None:
    long = "".join(f"line {number}\n" for number in range(30))
    documents = {
        "dev": [config("same", text=long), config("other", text=long)],
        "prod": [config("same", text=long), config("other", text="short")],
    }
    made = environments_to_source(documents, texts=TextFiles(str(tmp_path / "app.py")), file=str(tmp_path / "app.py"))

    assert made.differences == ()
    assert 'ConfigMap.from_files("same", "config/same")' in made.text
    assert 'ConfigMap.from_files("other", f"config/{env}/other")' in made.text
    assert sorted(made.files) == ["config/dev/other/text", "config/prod/other/text", "config/same/text"]


def test_references_to_what_exists_elsewhere_differ_in_their_names() -> None:
    def objects(name: str) -> list[Any]:
        sources = [{"secretRef": {"name": name}, "prefix": "DB_"}, {"secretRef": {"name": name}}]
        return [web(envFrom=sources)]

    made = imported(dev=objects("one"), prod=objects("two"))

    assert 'Secret.existing(values.secret_name).env(prefix="DB_")' in made.text
    assert made.values == 1


def variables(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": "x"}
        if name.isupper()
        else {"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": name}}}
        for name in names
    ]


def test_what_each_environment_has_alone_stands_where_it_stood() -> None:
    made = imported(
        dev=[web(env=variables("A", "Z"))],
        staging=[web(env=variables("A", "b", "Z"))],
        prod=[web(env=variables("A", "c", "Z", "D"))],
    )

    assert body(made).count("if env ==") == 3
    assert '**({"b": db_secret["b"]} if env == "staging" else {})' in made.text


def test_table_is_only_for_what_all_environments_have() -> None:
    made = imported(dev=[config("a", K="1")], staging=[config("a", K="2", L="3", M="4")], prod=[])

    assert made.values == 0
    assert '"K": "1" if env == "dev" else "2",' in made.text


def test_variables_that_refer_in_another_order_are_chosen_where_they_stand() -> None:
    probe = {"httpGet": {"path": "/healthz", "port": 80}, "periodSeconds": 30, "timeoutSeconds": 10}
    more = {"livenessProbe": probe, "readinessProbe": probe, "startupProbe": probe, "workingDir": "/srv/application"}
    names = ("first", "second", "third", "fourth")
    made = imported(dev=[web(env=variables(*names), **more)], prod=[web(env=variables(*reversed(names)), **more)])

    assert [each.is_apart for each in made.objects] == [False]
    assert '"fourth": db_secret["fourth"],\n                }\n                if env == "dev"\n' in made.text
    assert made.text.count("Probe.http(") == 1


def test_parts_and_calls_of_one_name_are_told_by_their_order() -> None:
    def tolerating(*seconds: int) -> dict[str, Any]:
        made = web(volumeDevices=[{"name": "a", "devicePath": f"/dev/{each}"} for each in seconds])
        part = {"key": "a", "operator": "Exists", "effect": "NoExecute"}
        pod = made["spec"]["template"]["spec"]
        pod["tolerations"] = [{**part, "tolerationSeconds": each} for each in seconds]
        pod["volumes"] = [{"name": "a", "persistentVolumeClaim": {"claimName": "a"}}]
        return made

    made = imported(dev=[tolerating(1, 2)], prod=[tolerating(1, 2, 3)])

    assert [each.is_apart for each in made.objects] == [False]
    assert 'if env == "prod":\n        web.tolerate("a", effect="NoExecute", seconds=3)\n' in made.text


def test_what_repeats_is_a_constant_beside_the_table() -> None:
    def objects(replicas: int) -> list[Any]:
        made = [web(image="ghcr.io/shop/web:1.4") for _ in range(3)]
        for number, each in enumerate(made):
            each["metadata"]["name"] = f"web-{number}x"
            each["spec"]["replicas"] = replicas
        return made

    made = imported(dev=objects(1), prod=objects(2))

    assert 'WEB_IMAGE = "ghcr.io/shop/web:1.4"\n\n\nclass Values(NamedTuple):' in made.text
    assert table(made) == ["web_0x_replicas: int", "web_1x_replicas: int", "web_2x_replicas: int"]


def test_fields_of_one_name_are_numbered_and_long_names_are_cut() -> None:
    name = "the-longest-name-of-a-workload-that-anybody-has-ever-given"

    def objects(*images: str) -> list[Any]:
        made = [web(), web()]
        for number, (each, image) in enumerate(zip(made, images, strict=True)):
            each["metadata"]["name"] = f"{name}-{number}"
            each["spec"]["template"]["spec"]["containers"][0]["image"] = image
        return made

    made = imported(dev=objects("first:1", "second:1"), prod=objects("first:2", "second:2"))

    assert all(len(line.partition(":")[0]) <= 40 for line in table(made))
    assert len({*table(made)}) == 2


def test_prefix_that_some_objects_do_not_have_is_no_prefix_of_theirs() -> None:
    made = imported(
        dev=[config("d-a"), config("d-b"), config("x", OWNER="team-one", QUOTED='d-"q"')],
        prod=[config("p-a"), config("p-b"), config("x", OWNER="team-two", QUOTED='p-"q"')],
    )

    assert table(made) == ["name_prefix: str", "x_config_owner: str", "x_config_quoted: str"]


def test_no_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least one environment"):
        environments_to_source({})
