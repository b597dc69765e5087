"""What differs in an object stands in the table, or where it is."""

from __future__ import annotations

from typing import Any

from tests.importing.environments.reading import body, config, imported, table, variables, web


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
