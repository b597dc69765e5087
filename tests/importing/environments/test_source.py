"""Environments become one module that reads as a person would write it."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from kpy.importing import environments_to_source
from tests.importing.environments.reading import WEB, body, config, imported, table, web


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


def test_references_to_what_exists_elsewhere_differ_in_their_names() -> None:
    def objects(name: str) -> list[Any]:
        sources = [{"secretRef": {"name": name}, "prefix": "DB_"}, {"secretRef": {"name": name}}]
        return [web(envFrom=sources)]

    made = imported(dev=objects("one"), prod=objects("two"))

    assert 'Secret.existing(values.secret_name).env(prefix="DB_")' in made.text
    assert made.values == 1


def test_no_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least one environment"):
        environments_to_source({})
