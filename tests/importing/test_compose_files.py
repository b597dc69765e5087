"""Compose files that speak of others: merged, extended, included, with variables and profiles."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kpy.documents import read_documents
from kpy.importing import to_source
from kpy.importing.compose import ComposeError, from_compose, is_compose

from .compose_files import Files, files, service

__all__ = ["files"]

Tree = dict[str, Any]


def test_profiles_choose_services(files: Files) -> None:
    files("services:\n  web: {image: 'web:1'}\n  debug: {image: 'debug:1', profiles: [tools]}\n")

    assert list(files.objects()) == ["Deployment/web"]
    assert files.notes() == {
        "services.debug.profiles": "left out: it is of the profile tools; take it by `--profile tools`"
    }
    assert list(files.objects(profiles=["tools"])) == ["Deployment/web", "Deployment/debug"]
    with pytest.raises(ComposeError, match="there is no profile 'tool'; there is: tools"):
        files.objects(profiles=["tool"])


def test_files_are_merged_and_extended_and_included(files: Files) -> None:
    files(
        "include: [more/compose.yaml]\n"
        "x-common: &common\n  restart: always\n  environment: {A: '1'}\n"
        "services:\n  web:\n    <<: *common\n    extends: {service: base}\n    command: [web]\n    ports: ['80']\n"
        "  base: {image: 'base:1', command: [base], environment: [B=2]}\n",
        **{"more/compose.yaml": "services:\n  more: {image: 'more:1', env_file: more.env}\n", "more/more.env": "C=3\n"},
    )
    files.write("prod.yaml", "services:\n  web: {image: 'web:2', environment: [A=3], ports: ['443']}\n")

    made = from_compose([files.folder / "compose.yaml", files.folder / "prod.yaml"], name="shop")
    by_name = {f"{tree['kind']}/{tree['metadata']['name']}": tree for tree in made.documents}
    (container,) = by_name["Deployment/web"]["spec"]["template"]["spec"]["containers"]

    assert container["image"] == "web:2"
    assert container["args"] == ["web"]
    assert {each["name"]: each["value"] for each in container["env"]} == {"B": "2", "A": "3"}
    assert [each["containerPort"] for each in container["ports"]] == [80, 443]
    assert by_name["ConfigMap/more-more-env"]["data"] == {"C": "3"}


def test_variables_have_defaults_and_values_from_the_file_beside(files: Files) -> None:
    files(
        service(
            "environment:\n  A: ${A:-one}\n  B: ${B-two}\n  C: ${C:+three}\n  D: $$D\n  E: ${E}\n  F: $F-${F}"
        ).replace("web:1", "web:${TAG}"),
        **{".env": "C=1\nF=six\n"},
    )

    env = {each["name"]: each.get("value") for each in files.container()["env"]}

    assert env == {"A": "one", "B": "two", "C": "three", "D": "$D", "E": None, "F": "six-six"}
    assert files.container()["image"] == "web"
    assert files.notes()["${TAG}"] == ("nobody says what `TAG` is: neither a default in the file nor `.env` beside it")


def test_name_that_kubernetes_does_not_take_is_changed_and_told(files: Files) -> None:
    files("services:\n  My_db: {image: 'db:1', ports: ['5432']}\n")

    assert list(files.objects()) == ["Deployment/my-db", "Service/my-db"]
    assert files.notes()["services.My_db"] == (
        "the name becomes 'my-db': whoever speaks of it as 'My_db' has to be changed"
    )


def test_is_compose_tells_compose_files_from_objects() -> None:
    assert is_compose({"services": {"web": {"image": "a"}}})
    assert not is_compose({"apiVersion": "v1", "kind": "X", "services": {}})
    assert not is_compose({"kind": "Deployment"})


COMMENTED = """\
# the shop, as it runs on a laptop
services:
  # keeps the orders
  db:
    image: postgres:17  # not 18 yet
    # DB_PASSWORD=swordfish1
    environment:
      # a name that the shop knows
      POSTGRES_DB: shop
      # POSTGRES_PASSWORD: swordfish1
      LEVEL: info
    # survives restarts
    restart: always
    volumes:
      # where the data are
      - data:/var/lib/postgresql/data
volumes:
  # on fast disks
  data:
"""


def test_comments_stand_above_what_they_explain(files: Files) -> None:
    made = from_compose(files(COMMENTED).folder / "compose.yaml")

    lines = made.text.splitlines()
    above = {lines[number + 1].strip(): line.strip() for number, line in enumerate(lines) if line.strip()[:1] == "#"}

    assert above == {
        "apiVersion: v1": "# on fast disks",
        "# on fast disks": "# the shop, as it runs on a laptop",
        "apiVersion: apps/v1": "# restart: survives restarts",
        "# restart: survives restarts": "# keeps the orders",
        "image: postgres:17": "# not 18 yet",
        "- name: POSTGRES_DB": "# a name that the shop knows",
        "- name: data": "# where the data are",
    }
    assert list(yaml.safe_load_all(made.text)) == list(made.documents)
    assert "swordfish" not in str(made)


def test_objects_with_comments_become_python_with_comments(files: Files) -> None:
    made = from_compose(files(COMMENTED).folder / "compose.yaml", name="shop")

    source = to_source(read_documents(made.text, "-").documents, name=made.name, sources={"-": made.text})

    assert source.counts == {"short": 3}
    assert "# keeps the orders" in source.text
    assert "    # a name that the shop knows\n" in source.text
