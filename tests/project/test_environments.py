"""The tables `[tool.kpy.environments.NAME]`, and a project in one of them."""

from pathlib import Path

import pytest

from kpy import Project
from kpy.errors import LoadError, UsageError
from kpy.project.environments import word_of_app


def settings(folder: Path, text: str) -> Project:
    (folder / "pyproject.toml").write_text(text)
    return Project.load(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("environments = 3", "`environments` of [tool.kpy] is a table of tables"),
        ("environments.prod = 'values.yaml'", "`environments` of [tool.kpy] is a table of tables"),
        ("environments.prod.value = 'a.yaml'", "[tool.kpy.environments.prod] has no setting `value`; did you mean"),
        ("environments.prod.values = 3", '[tool.kpy.environments.prod]: `values` is text, not 3: write values = "3"'),
        ("environments.prod.set = ['a=1']", "`set` is a table of parameters: write set = { replicas = 6 }"),
        ("environments.prod.contexts = 'prod'", '`contexts` is a list of texts: write contexts = ["..."]'),
        ("environments.'a b'.values = 'a.yaml'", "a name is letters, digits, `-`, `_` and `.`"),
        ("environments.prod.output = 'out/{evn}'", "`output` has {evn}, which means nothing; did you mean `env`?"),
        ("environments.a.output = 'o'\nenvironments.b.output = 'o'", "the environments a and b both write to o"),
    ],
)
def test_what_environments_cannot_say_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        settings(tmp_path, f"[tool.kpy]\n{text}\n")

    assert message in str(caught.value)


def test_environment_replaces_release_and_contexts(tmp_path: Path) -> None:
    project = settings(
        tmp_path,
        '[tool.kpy]\nkubernetes = "1.33"\ncontexts = ["a"]\n[tool.kpy.environments.prod]\nkubernetes = "1.35"\n'
        "[tool.kpy.environments.dev]\ncontexts = []\n",
    )

    prod, dev = project.in_environment("prod"), project.in_environment("dev")

    assert (prod.release(), prod.settings.contexts) == ("1.35", ("a",))
    assert (dev.release(), dev.settings.contexts) == ("1.33", ())
    assert project.environment is None
    assert prod.environment is not None
    assert prod.environment.name == "prod"
    assert prod.plus(ignore=["bad-quantity"]).environment is prod.environment
    with pytest.raises(UsageError, match="there is no environment"):
        project.in_environment("test")


def test_environments_of_shared_settings_are_merged(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "kpy.toml").write_text('[environments.prod]\nvalues = "prod.yaml"\nkubernetes = "1.33"\n')
    (shared / "prod.yaml").write_text("name: of-all\n")
    (tmp_path / "shop.py").write_text("from kpy import App\ndef app(name: str) -> App: return App(name)\n")
    project = settings(
        tmp_path,
        '[tool.kpy]\nextend = ["shared/kpy.toml"]\napp = "shop.py"\n'
        '[tool.kpy.environments.prod]\nkubernetes = "1.35"\n',
    )

    prod = project.in_environment("prod")

    assert (prod.release(), prod.load_app().name) == ("1.35", "of-all")


def test_wrong_parameter_of_shared_settings_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "kpy.toml").write_text("[environments.prod.set]\nnmae = 'a'\n")
    (tmp_path / "shop.py").write_text("from kpy import App\ndef app(name: str) -> App: return App(name)\n")
    project = settings(tmp_path, '[tool.kpy]\nextend = ["kpy.toml"]\napp = "shop.py"\n')

    with pytest.raises(LoadError, match=r"tool\.kpy\.environments\.prod\.set: app\(\) has no parameter `nmae`"):
        project.in_environment("prod").load_app()


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("apps/shop/app.py", "shop"),
        ("apps/shop/main.py:make", "shop"),
        ("apps/shop.py", "shop"),
        ("apps/shop.py:make", "shop"),
        ("company.shop.app:app", "shop"),
        ("company.shop", "shop"),
    ],
)
def test_app_has_a_name_for_paths(target: str, word: str) -> None:
    assert word_of_app(target) == word


def test_name_of_the_environment_is_given_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("from kpy import App\ndef app(env: str) -> App: return App(env)\n")
    (tmp_path / "two.py").write_text("from kpy import App\ndef app(environment: str) -> App: return App(environment)\n")
    (tmp_path / "none.py").write_text("from kpy import App\ndef app(name: str = 'a') -> App: return App(name)\n")
    prod = settings(tmp_path, "[tool.kpy.environments.prod]\nset = {}\n").in_environment("prod")

    assert prod.load_app(str(tmp_path / "one.py")).name == "prod"
    assert prod.load_app(str(tmp_path / "two.py")).name == "prod"
    assert prod.load_app(str(tmp_path / "none.py")).name == "a"
    assert prod.load_app(str(tmp_path / "one.py"), {"env": ["other"]}).name == "other"
