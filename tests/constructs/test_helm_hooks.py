"""Hooks of Helm charts in an app: kept in their order, left out, or in the words of Argo CD."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.releases import prepare, refusal, release, synth, web
from tests.charts.samples import write


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return prepare(tmp_path, monkeypatch)


JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
  annotations: {{helm.sh/hook: "{hook}", helm.sh/hook-weight: "{weight}"{more}}}
spec:
  template:
    spec: {{restartPolicy: Never, containers: [{{name: a, image: "a:1"}}]}}
"""


def hooked(folder: Path) -> Path:
    return web(
        folder,
        **{
            "templates/pre.yaml": JOB.format(name="first", hook="pre-install,pre-upgrade", weight=-5, more=""),
            "templates/second.yaml": JOB.format(name="second", hook="pre-install", weight=1, more=""),
            "templates/post.yaml": JOB.format(
                name="last", hook="post-install", weight=0, more=", helm.sh/hook-delete-policy: hook-succeeded"
            ),
            "templates/delete.yaml": JOB.format(name="farewell", hook="pre-delete", weight=0, more=""),
            "templates/test.yaml": JOB.format(name="trial", hook="test", weight=0, more=""),
        },
    )


def test_hooks_ask_for_a_choice(folder: Path) -> None:
    assert refusal(hooked(folder)) == (
        'Helm "web": the chart web 1.0.0 has hooks, Job "farewell" (pre-delete), Job "last" (post-install), '
        'Job "first" (pre-install,pre-upgrade), Job "second" (pre-install): say what becomes of them, `hooks="keep"`, '
        'so that `kpy apply` puts them in their order, `"argo"`, in the words of Argo CD, or `"drop"`'
    )


def test_kept_hooks_are_in_their_order(folder: Path) -> None:
    manifest = synth(hooked(folder), hooks="keep")

    assert [each.base_name or each.name for each in manifest] == ["first", "second", "web", "last"]
    named = {each.name: each.base_name or each.name for each in manifest}
    after = {named[each.name]: [named[key.name] for key in each.after] for each in manifest}
    assert after == {"first": [], "second": ["first"], "web": ["second"], "last": ["web"]}


def test_jobs_of_kept_hooks_run_once_for_each_content(folder: Path) -> None:
    """As with `content_hash`, they are named by their content, so that a change makes a new one."""
    chart = hooked(folder)
    before = {each.name for each in synth(chart, hooks="keep") if each.kind == "Job"}
    write(chart, {"templates/pre.yaml": (chart / "templates/pre.yaml").read_text().replace("a:1", "a:2")})

    after = {each.name for each in synth(chart, hooks="keep") if each.kind == "Job"}

    assert sorted(name.rpartition("-")[0] for name in before | after) == ["first", "first", "last", "second"]


def test_pods_of_hooks_cannot_be_kept(folder: Path) -> None:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: pre-install}}"
    pod = f"{head}\nspec: {{containers: []}}\n"
    chart = web(folder, **{"templates/pod.yaml": pod})

    assert refusal(chart, hooks="keep") == (
        'Helm "web": Pod "a" of the chart web 1.0.0 is a hook, and `kpy apply` waits for Jobs alone: say '
        '`hooks="drop"` or `"argo"`, or leave it out by `without`'
    )


def test_hooks_of_found_objects_are_in_their_order(folder: Path) -> None:
    app, made = release(hooked(folder), hooks="keep")
    made.find("Service")

    assert [each.base_name or each.name for each in app.synth()] == ["first", "second", "web", "last"]


def test_hooks_are_left_out(folder: Path) -> None:
    assert [each.name for each in synth(hooked(folder), hooks="drop")] == ["web"]


def test_hooks_become_those_of_argo_cd(folder: Path) -> None:
    manifest = synth(hooked(folder), hooks="argo")

    assert {each.name: each.metadata.get("annotations") for each in manifest} == {
        "web": None,
        "first": {
            "argocd.argoproj.io/hook": "PreSync",
            "argocd.argoproj.io/sync-wave": "-5",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        },
        "second": {
            "argocd.argoproj.io/hook": "PreSync",
            "argocd.argoproj.io/sync-wave": "1",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        },
        "last": {
            "argocd.argoproj.io/hook": "PostSync",
            "argocd.argoproj.io/hook-delete-policy": "HookSucceeded",
        },
    }
