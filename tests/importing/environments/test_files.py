"""What stays in files, or goes there, is found in each environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kpy.documents import read_documents
from kpy.importing import environments_to_source
from kpy.importing.texts import TextFiles
from tests.importing.environments.reading import config, web


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
