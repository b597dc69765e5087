"""`kpy compare git:REV . --all`: what a change does to every output of a workspace."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
set = { replicas = 3 }
"""
APP = """\
from kpy import App, Chart, Container, Deployment, Secret


def app(env: str, replicas: int = 1) -> App:
    app = App("NAME")
    chart = app.add(Chart("web", namespace=f"NAME-{env}"))
    chart.add(Secret.from_literals("db", {"password": "first-password"}))
    chart.add(Deployment("web", replicas=replicas, containers=[Container(image="nginx:1.27")]))
    return app
"""


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], check=True)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a repository with two apps and two environments, all of it committed."""
    monkeypatch.chdir(tmp_path)
    Path("apps").mkdir()
    Path("pyproject.toml").write_text(SETTINGS)
    Path("CODEOWNERS").write_text("* @acme/all\n/apps/shop.py @acme/web @ann\n")
    for name in ("cart", "shop"):
        Path(f"apps/{name}.py").write_text(APP.replace("NAME", name))
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def test_nothing_changes_where_nothing_was_changed(kpy: Run) -> None:
    assert kpy("compare", "git:HEAD", ".", "--all") == (0, "4 outputs, 4 without a change\n", "")
    assert kpy("compare", "git:HEAD", "--all", "--where", "env=prod")[1] == "2 outputs, 2 without a change\n"


def test_outputs_that_change_are_told_with_their_owners(kpy: Run) -> None:
    edit("apps/shop.py", "nginx:1.27", "nginx:1.28")
    edit("apps/shop.py", "first-password", "second-password")

    code, out, err = kpy("compare", "git:HEAD", ".", "--all")

    assert (code, err) == (0, "")
    assert out == (
        "shop dev   (@acme/web, @ann)\n"
        '    ~ Secret "shop-dev/db": update in place\n'
        "        data[password]: (hidden) -> (hidden)\n"
        '    ~ Deployment "shop-dev/web": rolling restart\n'
        '        spec.template.spec.containers[name=web].image: "nginx:1.27" -> "nginx:1.28"\n'
        "    1 rolling restart, 1 update in place\n"
        "shop prod   (@acme/web, @ann)\n"
        '    ~ Secret "shop-prod/db": update in place\n'
        "        data[password]: (hidden) -> (hidden)\n"
        '    ~ Deployment "shop-prod/web": rolling restart\n'
        '        spec.template.spec.containers[name=web].image: "nginx:1.27" -> "nginx:1.28"\n'
        "    1 rolling restart, 1 update in place\n"
        "4 outputs, 2 with rolling restart, 2 without a change\n"
    )
    assert kpy("compare", "git:HEAD", ".", "--all", "--fail-on", "restart")[0] == 1
    assert kpy("compare", "git:HEAD", ".", "--all", "--fail-on", "outage")[0] == 0


def test_comment_for_a_merge_request_has_the_worst_first(kpy: Run) -> None:
    edit("apps/cart.py", "nginx:1.27", "nginx:1.28")
    edit("apps/shop.py", 'Deployment("web"', 'Deployment("main"')

    _, out, _ = kpy("compare", "git:HEAD", ".", "--all", "--format", "markdown")

    table = [line for line in out.splitlines() if line.startswith("|")]
    assert table[2:6] == [
        "| delete | shop dev | &#64;acme/web, &#64;ann |",
        "| delete | shop prod | &#64;acme/web, &#64;ann |",
        "| rolling restart | cart dev | &#64;acme/all |",
        "| rolling restart | cart prod | &#64;acme/all |",
    ]
    assert out.index("### shop dev") < out.index("### cart dev")
    assert "@acme" not in out  # nobody is called by a comment of a machine


def test_comment_is_bounded(kpy: Run) -> None:
    from kpy.compare import compare
    from kpy.reporting.review import Reviewed, review_to_markdown

    def config(value: str) -> dict[str, object]:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": value}}

    one = compare([config("x" * 500)], [config("y" * 500)])
    text = review_to_markdown([Reviewed(f"app{number} prod", one) for number in range(500)], limit=20_000)

    assert len(text) <= 20_000
    assert "500 outputs, 500 with update in place" in text
    assert "more outputs\n" in text


def test_new_and_gone_outputs_are_told(kpy: Run) -> None:
    edit("pyproject.toml", "[tool.kpy.environments.dev]\n", "[tool.kpy.environments.test]\n")

    _, out, _ = kpy("compare", "git:HEAD", ".", "--all", "--format", "json")

    found = {each["output"]: each["note"] for each in json.loads(out)["outputs"]}
    assert found == {
        "cart dev": "gone",
        "cart prod": "",
        "cart test": "new",
        "shop dev": "gone",
        "shop prod": "",
        "shop test": "new",
    }


def test_app_that_cannot_be_made_is_told_and_the_others_are_compared(kpy: Run) -> None:
    edit("apps/cart.py", "return app", "return 1 / 0")
    edit("apps/shop.py", "nginx:1.27", "nginx:1.28")

    code, out, err = kpy("compare", "git:HEAD", ".", "--all")

    assert code == 1
    assert out.startswith("cart dev: it cannot be made: ")
    assert "shop prod" in out
    assert "4 outputs, 2 with rolling restart, 2 that cannot be compared\n" in out
    assert err == "error: some outputs cannot be made: kpy synth --all --check says why\n"


def test_comment_says_why_an_app_cannot_be_made(kpy: Run) -> None:
    edit("apps/cart.py", "return app", "return 1 / 0")
    Path("CODEOWNERS").unlink()

    code, out, _ = kpy("compare", "git:HEAD", ".", "--all", "--format", "markdown")

    assert code == 1
    assert "| effect | output |\n|---|---|\n| **it cannot be made** | cart dev |\n" in out
    assert "### cart dev\n\nIt cannot be made: " in out
    assert "no change in 0 objects" not in out


def test_revision_without_a_workspace_has_nothing(kpy: Run) -> None:
    git("rm", "-q", "--cached", "pyproject.toml")
    git("commit", "-qm", "no settings")

    code, out, err = kpy("compare", "git:HEAD", ".", "--all")

    assert code == 0
    assert "note: nothing could be made of git:HEAD, so all outputs are new" in err
    assert out.endswith("4 outputs, 4 with create, 4 new\n")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("apps/shop.py", "."), "with --all, kpy compare takes a revision and this folder"),
        (("git:HEAD", "apps/shop.py"), "with --all, kpy compare takes a revision and this folder"),
        (
            ("git:HEAD", ".", "--env", "prod"),
            "--env is about one app, and --all compares all outputs with a Git revision",
        ),
        (("git:nonsense", "."), "there is no revision 'nonsense' in this repository"),
    ],
)
def test_what_cannot_be_compared_is_refused(kpy: Run, words: tuple[str, ...], error: str) -> None:
    code, out, err = kpy("compare", *words, "--all")

    assert (code, out) == (2, "")
    assert error in err


@pytest.mark.parametrize(
    ("pattern", "path", "is_owned"),
    [
        ("*", "a/b.py", True),
        ("*.py", "a/b.py", True),
        ("*.py", "a/b.yaml", False),
        ("/apps/", "apps/shop.py", True),
        ("/apps/", "x/apps/shop.py", False),
        ("apps/", "x/apps/shop.py", True),
        ("/apps/*", "apps/shop.py", True),
        ("/apps/*", "apps/shop/app.py", False),
        ("/apps/**", "apps/shop/app.py", True),
        ("**/shop", "apps/shop/app.py", True),
        ("apps/shop", "apps/shop/app.py", True),
        ("apps/shop", "apps/shop2/app.py", False),
    ],
)
def test_owners_are_those_of_the_pattern(pattern: str, path: str, is_owned: bool) -> None:
    from kpy.delivery.owners import Owners

    owners = Owners(f"# all\n[Section]\n* @all\n{pattern} @team # ours\n")

    assert owners.of(path) == (("@team",) if is_owned else ("@all",))
