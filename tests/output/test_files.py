import errno
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpy.errors import UsageError, WriteError
from kpy.manifest import Manifest, Resource
from kpy.output.files import Differences, Written, compare, write
from kpy.source import Location

CHARTS = {name: SimpleNamespace(name=name) for name in ("shop", "tools")}


def resource(name: str, *, chart: str = "shop", kind: str = "ConfigMap", namespace: str | None = "prod") -> Resource:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    tree = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return Resource(tree, chart=CHARTS.get(chart) or SimpleNamespace(name=chart), where=Location("shop.py", 7))


def manifest(*resources: Resource) -> Manifest:
    return Manifest(resources, release="1.33")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_layout_chart_writes_a_file_for_each_chart(tmp_path: Path) -> None:
    done = write(manifest(resource("a"), resource("b", chart="tools"), resource("c")), tmp_path / "out")

    assert done == Written(changed=("shop.yaml", "tools.yaml"), unchanged=(), stale=(), pruned=())
    assert paths(tmp_path / "out") == [".kpy-files.json", "shop.yaml", "tools.yaml"]
    assert (tmp_path / "out/shop.yaml").read_text() == (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: prod\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespace: prod\n"
    )


def test_layout_resource_names_files_by_kind_namespace_and_name(tmp_path: Path) -> None:
    write(manifest(resource("a"), resource("prod", kind="Namespace", namespace=None)), tmp_path, layout="resource")

    assert paths(tmp_path) == [".kpy-files.json", "shop", "shop/configmap-prod-a.yaml", "shop/namespace-prod.yaml"]


def test_index_lists_path_and_hash_of_every_file(tmp_path: Path) -> None:
    write(manifest(resource("a")), tmp_path)

    assert json.loads((tmp_path / ".kpy-files.json").read_text()) == {
        "files": [{"path": "shop.yaml", "sha256": sha256((tmp_path / "shop.yaml").read_bytes()).hexdigest()}]
    }


def test_second_call_touches_nothing(tmp_path: Path) -> None:
    write(manifest(resource("a")), tmp_path)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.iterdir())}

    done = write(manifest(resource("a")), tmp_path)

    assert done.unchanged == ("shop.yaml",)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_file_that_is_no_longer_made_is_stale_until_pruned(tmp_path: Path) -> None:
    write(manifest(resource("a"), resource("b", chart="tools")), tmp_path)

    assert write(manifest(resource("a")), tmp_path).stale == ("tools.yaml",)
    assert write(manifest(resource("a")), tmp_path).stale == ("tools.yaml",)
    assert write(manifest(resource("a")), tmp_path, prune=True).pruned == ("tools.yaml",)
    assert paths(tmp_path) == [".kpy-files.json", "shop.yaml"]
    assert write(manifest(resource("a")), tmp_path).stale == ()


def test_stale_file_that_was_edited_is_kept(tmp_path: Path) -> None:
    write(manifest(resource("a"), resource("b", chart="tools")), tmp_path)
    (tmp_path / "tools.yaml").write_text("mine now")

    done = write(manifest(resource("a")), tmp_path, prune=True)

    assert (done.stale, done.pruned) == (("tools.yaml",), ())
    assert (tmp_path / "tools.yaml").read_text() == "mine now"


def test_file_that_kpy_did_not_write_is_never_stale(tmp_path: Path) -> None:
    (tmp_path / "tools.yaml").write_text("by hand")

    assert write(manifest(resource("a")), tmp_path, prune=True).stale == ()
    assert (tmp_path / "tools.yaml").exists()


def test_file_that_kpy_did_not_write_is_never_overwritten(tmp_path: Path) -> None:
    """Nothing else is written either, and a file that is equal already is taken over."""
    (tmp_path / "tools.yaml").write_text("by hand")
    (tmp_path / "shop.yaml").write_text("mine")
    before = snapshot(tmp_path)

    with pytest.raises(WriteError) as error:
        write(manifest(*(resource("a", chart=chart) for chart in ("more", "shop", "tools"))), tmp_path)

    assert str(error.value) == (
        f"{tmp_path}/shop.yaml and {tmp_path}/tools.yaml are there and kpy did not write them: "
        "choose another folder, or move them away; nothing was changed"
    )
    assert snapshot(tmp_path) == before


def test_equal_file_without_an_index_is_taken_over(tmp_path: Path) -> None:
    write(manifest(resource("a")), tmp_path)
    (tmp_path / ".kpy-files.json").unlink()

    assert write(manifest(resource("a")), tmp_path).unchanged == ("shop.yaml",)
    assert write(manifest(resource("b")), tmp_path).changed == ("shop.yaml",)


def test_file_of_kpy_that_was_edited_is_written_again_and_named(tmp_path: Path) -> None:
    write(manifest(resource("a")), tmp_path)
    (tmp_path / "shop.yaml").write_text("edited")

    done = write(manifest(resource("b")), tmp_path)

    assert (done.changed, done.edited) == (("shop.yaml",), ("shop.yaml",))
    assert write(manifest(resource("c")), tmp_path).edited == ()


def test_manifest_without_objects_prunes_nothing(tmp_path: Path) -> None:
    write(manifest(resource("a")), tmp_path)

    with pytest.raises(WriteError) as error:
        write(manifest(), tmp_path, prune=True)

    assert str(error.value) == (
        f"the manifest has no objects, and {tmp_path} has the files of an earlier one: nothing was removed; "
        "remove the folder yourself if that is what you want"
    )
    assert (tmp_path / "shop.yaml").exists()


def test_folder_of_pruned_files_goes_when_it_is_empty(tmp_path: Path) -> None:
    write(manifest(resource("a")), tmp_path, layout="resource")
    write(manifest(resource("a")), tmp_path, prune=True)

    assert paths(tmp_path) == [".kpy-files.json", "shop.yaml"]


def test_comparison_tells_missing_different_and_stale(tmp_path: Path) -> None:
    whole = manifest(*(resource("a", chart=chart) for chart in ("gone", "edited", "same", "old")))
    write(whole, tmp_path)
    (tmp_path / "gone.yaml").unlink()
    (tmp_path / "edited.yaml").write_text("edited")
    before = snapshot(tmp_path)

    found = compare(manifest(*(resource("a", chart=chart) for chart in ("gone", "edited", "same"))), tmp_path)

    assert found == Differences(missing=("gone.yaml",), different=("edited.yaml",), stale=("old.yaml",))
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("resources", "layout", "message"),
    [
        (
            (resource("b-c", namespace="a"), resource("c", namespace="a-b")),
            "resource",
            'ConfigMap "a/b-c" and ConfigMap "a-b/c" would both be written to shop/configmap-a-b-c.yaml '
            "(shop.py:7 and shop.py:7): use the layout `chart`",
        ),
        (
            (resource("a", chart="x"), resource("b", chart="X")),
            "chart",
            "two charts would both be written to X.yaml (shop.py:7 and shop.py:7): give one of them another name",
        ),
        (
            (resource("a", chart="../x"),),
            "chart",
            "shop.py:7: '../x' cannot be the name of a file: rename it, or write to standard output",
        ),
        ((resource("a"),), "flat", "there is no layout 'flat': choose one of chart, resource"),
    ],
)
def test_what_cannot_be_a_file_is_refused(
    tmp_path: Path, resources: tuple[Resource, ...], layout: str, message: str
) -> None:
    with pytest.raises(UsageError) as error:
        write(manifest(*resources), tmp_path / "out", layout=layout)

    assert str(error.value) == message
    assert not (tmp_path / "out").exists()


def fail(number: int, code: int, real: Callable[..., object]) -> Callable[..., object]:
    """Return the function, failing at one of its calls."""
    calls = iter(range(1000))

    def function(*args: object, **kwargs: object) -> object:
        if next(calls) == number:
            raise OSError(code, {errno.ENOSPC: "No space left on device", errno.EACCES: "Permission denied"}[code])
        return real(*args, **kwargs)

    return function


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("operation", ["write_bytes", "replace"])
def test_failure_half_way_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, number: int
) -> None:
    write(manifest(resource("a"), resource("x", chart="old")), tmp_path)
    before = snapshot(tmp_path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, operation, fail(number, errno.ENOSPC, getattr(Path, operation)))
        with pytest.raises(WriteError, match=r"cannot be written: No space left on device; nothing was changed$"):
            write(manifest(resource("b"), resource("c", chart="new")), tmp_path, prune=True)

    assert snapshot(tmp_path) == before


def test_failure_of_the_first_write_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_bytes", fail(0, errno.ENOSPC, Path.write_bytes))

    with pytest.raises(WriteError):
        write(manifest(resource("a")), tmp_path / "deep" / "out")

    assert paths(tmp_path) == []


def test_failed_removal_brings_the_files_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(manifest(resource("a"), resource("x", chart="old")), tmp_path)
    before = snapshot(tmp_path)
    monkeypatch.setattr(Path, "unlink", fail(0, errno.EACCES, Path.unlink))

    with pytest.raises(WriteError, match=r"old\.yaml cannot be written: Permission denied; nothing was changed$"):
        write(manifest(resource("b")), tmp_path, prune=True)

    assert snapshot(tmp_path) == before


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(WriteError) as error:
        write(manifest(resource("a")), tmp_path / "out")

    assert str(error.value) == f"{tmp_path}/out cannot be written: Not a directory; nothing was changed"
    assert (tmp_path / "out").read_text() == "a file"


def test_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").mkdir()

    with pytest.raises(WriteError) as error:
        write(manifest(resource("a")), tmp_path)

    assert str(error.value) == f"{tmp_path}/shop.yaml cannot be written: it is a folder; nothing was changed"


@pytest.mark.parametrize(
    "index",
    ["", "[]", '{"files": [{"path": "../../etc/passwd", "sha256": ""}]}', '{"files": [{"path": "/a", "sha256": ""}]}'],
)
def test_index_that_is_not_kpys_is_refused(tmp_path: Path, index: str) -> None:
    (tmp_path / ".kpy-files.json").write_text(index)

    with pytest.raises(WriteError) as error:
        write(manifest(resource("a")), tmp_path, prune=True)

    assert str(error.value) == f"{tmp_path}/.kpy-files.json is not as kpy wrote it: restore it, or remove it"
    assert paths(tmp_path) == [".kpy-files.json"]
