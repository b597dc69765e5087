"""Jobs of a release, with a stand-in below the seam: each content runs once, and others wait for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpy.kubectl import wait
from kpy.kubectl.records import read_jobs, with_jobs

from .conftest import Kpy
from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, Container, Deployment, Job


def app(image: str = "web:1", hashed: bool = True, patience: int = 6) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    container = Container(image=image)
    job = Job("migrate", content_hash=hashed, restart_policy="Never", containers=[container], backoff_limit=patience)
    migrate = chart.add(job)
    chart.add(Deployment("web", after=[migrate], containers=[container]))
    return app
"""


@pytest.fixture(autouse=True)
def app(kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the app with a Job in the place of the usual one, and let no test wait."""
    Path("shop.py").write_text(APP)
    monkeypatch.setattr(wait, "_INTERVAL", 0.0)


def job(kubectl: FakeKubectl) -> dict[str, Any]:
    """Return the one Job of the cluster."""
    (name,) = kubectl.names("Job")
    found = kubectl.find("Job", name)
    assert found is not None
    return found


def drop(kubectl: FakeKubectl, kind: str) -> None:
    """Let the objects of a kind go, as a controller does when their time is over."""
    for key in [key for key in kubectl.objects if key.kind == kind]:
        del kubectl.objects[key]


def test_what_comes_after_a_job_waits_until_it_is_complete(kpy: Kpy, kubectl: FakeKubectl) -> None:
    code, out, err = kpy("apply", "--yes")

    name = job(kubectl)["metadata"]["name"]
    assert code == 0
    assert out == f'created   Job "default/{name}"\ncreated   Deployment "default/web"\n'
    assert f'ready     Job "default/{name}": complete\n' in err


def test_job_that_fails_stops_the_apply(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.jobs = "Failed"

    code, out, err = kpy("apply", "--yes", "--context", "prod")

    name = job(kubectl)["metadata"]["name"]
    assert code == 1
    assert out == f'created   Job "default/{name}"\n'
    assert err.endswith(
        f'failed    Job "default/{name}": Said\n'
        f'shop.py:8: error: Job "default/{name}": Said\n'
        f"    its logs: kubectl logs --context prod --namespace default --selector job-name={name} --tail=-1\n"
        "    the next kpy apply runs it again\n"
        "1 applied, 0 refused, 1 not applied\n"
        'not applied: Deployment "default/web"\n'
    )
    assert kubectl.names("Deployment") == []


def test_job_that_failed_runs_again(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.jobs = "Failed"
    kpy("apply", "--yes")
    before = job(kubectl)["metadata"]["uid"]
    kubectl.jobs = "Complete"

    code, out, err = kpy("apply", "--yes")

    name = job(kubectl)["metadata"]["name"]
    assert (code, job(kubectl)["metadata"]["uid"] != before) == (0, True)
    assert f'+ Job "default/{name}": create   (shop.py:8)\n    it has failed: it is deleted and runs again\n' in err
    assert out == f'replaced  Job "default/{name}"\ncreated   Deployment "default/web"\n'


def test_same_content_does_not_run_again_when_the_job_is_gone(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    name = job(kubectl)["metadata"]["name"]
    drop(kubectl, "Job")

    code, out, err = kpy("apply", "--yes")

    assert (code, out) == (0, "")
    assert err == (f'2 no change\nJob "default/{name}": has run with this content already, and is not made again\n')
    assert kubectl.names("Job") == []
    assert kpy("status")[1].splitlines()[0] == f'ready     Job "default/{name}": complete, and gone since'


def test_job_that_has_run_is_not_waited_for(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    drop(kubectl, "Job")
    drop(kubectl, "Deployment")

    code, out, _ = kpy("apply", "--yes")

    assert (code, out) == (0, 'created   Deployment "default/web"\n')


def test_job_that_is_not_named_by_its_content_is_made_again_when_it_is_gone(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "hashed=false")
    drop(kubectl, "Job")

    _, out, _ = kpy("apply", "--yes", "--set", "hashed=false")

    assert out == 'created   Job "default/migrate"\nunchanged Deployment "default/web"\n'


def test_new_content_is_a_new_job_and_the_old_one_goes(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    old = job(kubectl)["metadata"]["name"]

    code, out, err = kpy("apply", "--yes", "--set", "image=web:2")

    new = job(kubectl)["metadata"]["name"]
    assert code == 0
    assert f'- Job "default/{old}": delete\n    Job "default/{new}" takes its place\n' in err
    assert out.splitlines() == [
        f'created   Job "default/{new}"',
        'changed   Deployment "default/web"',
        f'deleted   Job "default/{old}"',
    ]


def test_old_job_stays_while_the_new_one_has_not_run(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    kubectl.jobs = "Failed"

    code, _, _ = kpy("apply", "--yes", "--set", "image=web:2")

    assert (code, len(kubectl.names("Job"))) == (1, 2)


def test_way_back_does_not_run_what_has_run(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    first = job(kubectl)["metadata"]["name"]
    kpy("apply", "--yes", "--set", "image=web:2")

    code, out, err = kpy("apply", "--yes")

    assert code == 0
    assert f'Job "default/{first}": has run with this content already' in err
    assert [line.split()[0] for line in out.splitlines()] == ["changed", "deleted"]


def test_how_long_it_may_take_is_no_other_content(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    name = job(kubectl)["metadata"]["name"]

    _, out, _ = kpy("apply", "--yes", "--set", "patience=2")

    assert out == f'changed   Job "default/{name}"\nunchanged Deployment "default/web"\n'


def test_job_that_takes_too_long_goes_on_and_is_waited_for_again(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.jobs = ""

    code, _, err = kpy("apply", "--yes", "--timeout", "0s")

    assert code == 1
    assert "not ready in time: pods: 0 active, 0 succeeded, 0 failed\n" in err
    assert "    it goes on; the next kpy apply waits for it again\n" in err

    job(kubectl)["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
    code, out, _ = kpy("apply", "--yes")

    assert (code, [line.split()[0] for line in out.splitlines()]) == (0, ["unchanged", "created"])


def test_job_that_nothing_waits_for_is_waited_for_at_the_end(kpy: Kpy, kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP.replace(" after=[migrate],", ""))
    kubectl.jobs = "Failed"

    code, out, err = kpy("apply", "--yes")

    assert (code, len(out.splitlines())) == (1, 2)
    assert err.endswith("    the next kpy apply runs it again\n2 applied, 0 refused, 0 not applied\n")


def test_apply_without_changes_still_waits_for_a_job_that_runs(kpy: Kpy, kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP.replace(" after=[migrate],", ""))
    kubectl.jobs = ""
    kpy("apply", "--yes", "--timeout", "0s")

    code, _, err = kpy("apply", "--yes", "--timeout", "0s")

    assert (code, "not ready in time" in err) == (1, True)


def test_new_job_does_not_start_while_the_old_one_runs(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.jobs = ""
    kpy("apply", "--yes", "--timeout", "0s")
    old = job(kubectl)["metadata"]["name"]

    code, out, err = kpy("apply", "--yes", "--timeout", "0s", "--set", "image=web:2")

    assert (code, kubectl.names("Job")) == (1, [old])
    new = err.partition('+ Job "default/')[2].partition('"')[0]
    assert out == (
        f'waiting   Job "default/{old}": it still runs, and Job "default/{new}" comes after it\n'
        f'refused   Job "default/{new}": Job "default/{old}" still runs: wait until it has ended, or delete it, and '
        "apply again\n"
    )


def test_job_that_vanishes_while_it_is_waited_for_is_no_success(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.jobs = ""
    get = kubectl.run

    def run(arguments: Any, stdin: str = "") -> Any:
        answer = get(arguments, stdin)
        if arguments[0] == "apply" and "--dry-run=server" not in arguments:
            drop(kubectl, "Job")
        return answer

    kubectl.run = run  # type: ignore[method-assign]  # the Job goes as soon as it is made

    code, _, err = kpy("apply", "--yes")

    assert code == 1
    assert (
        "it was gone before kpy saw how it ended: it was deleted, or its `ttl_seconds_after_finished` is too short\n"
    ) in err


def test_plain_job_that_failed_says_how_to_run_it_again(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.jobs = "Failed"

    code, _, err = kpy("apply", "--yes", "--set", "hashed=false")

    assert code == 1
    assert "    to run it again, delete it first: kubectl delete --namespace default job/migrate\n" in err


def test_protected_job_is_neither_run_again_nor_cleared_away(kpy: Kpy, kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP.replace('Job("migrate",', 'Job("migrate", protect=True,'))
    kubectl.jobs = "Failed"
    kpy("apply", "--yes")
    failed = job(kubectl)["metadata"]["name"]

    _, _, err = kpy("apply", "--yes")
    assert "    to run it again, delete it first: kubectl delete --namespace default job/" in err

    kubectl.jobs = "Complete"
    kpy("apply", "--yes", "--set", "image=web:2")
    assert failed in kubectl.names("Job")


def test_prune_leaves_what_is_no_job_of_the_same_name(kpy: Kpy, kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP.replace('Deployment("web"', 'Job("migrate-more", restart_policy="Never"'))
    kpy("apply", "--yes")
    Path("shop.py").write_text(APP)

    _, _, err = kpy("apply", "--yes")

    assert 'no longer declared: Job "default/migrate-more"; --prune deletes them\n' in err
    assert "migrate-more" in kubectl.names("Job")


def test_what_has_run_is_bounded_and_keeps_what_is_declared() -> None:
    many = [f"shop/other-{number}" for number in range(200)]

    kept = with_jobs([*many, "shop/migrate-1"], ["shop/seed-1"], ["shop/migrate-1", "shop/seed-1"])

    assert kept == ["shop/seed-1", *many[:100], "shop/migrate-1"]


@pytest.mark.parametrize("text", [None, "{", "{}", "[1]", "3"])
def test_broken_record_of_jobs_remembers_nothing(text: str | None) -> None:
    assert read_jobs(text) == []
