"""A kpy that is killed while it writes: no file is torn, and the next one brings everything to an end.

The moments are found by counting: a process writes, and kills itself with SIGKILL before, or after, its first, second,
third... call that changes something on the disk, until one lives to its end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kpy.cli.stopping import Terminated
from kpy.output.files import compare, write
from kpy.output.staging import STAGING, Change, change, is_unfinished, recover

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes as POSIX has them")

OLD = {"a": b"old a" * 1000, "b": b"old b", "x/gone": b"old x", "same": b"same"}
NEW = {"a": b"new a" * 1000, "b": b"new b", "deep/er/c": b"new c", "same": b"same"}
INDEX = ".kpy-files"
CALLS = ("open", "mkdir", "rmdir", "link", "replace", "unlink", "chmod")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and STAGING not in path.parts
    }


def fill(root: Path) -> dict[str, bytes]:
    write(root, OLD, output="shop")
    return snapshot(root)


def at_call(number: int, act: Callable[[], None], *, is_after: bool) -> None:
    """Replace what changes files by what acts at one of the calls, in this process."""
    calls = iter(range(10_000))

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def function(*args: object, **options: object) -> object:
            is_now = next(calls) == number
            if is_now and not is_after:
                act()
            try:
                return real(*args, **options)
            finally:
                if is_now and is_after:
                    act()

        return function

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))


def killed_at(number: int, action: Callable[[], object], *, is_after: bool) -> bool:
    """Run an action in a process that kills itself at a call; return whether it came so far."""
    child = os.fork()
    if child == 0:
        at_call(number, lambda: os.kill(os.getpid(), signal.SIGKILL), is_after=is_after)
        try:
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def moments(action: Callable[[Path], object], folder: Path, prepare: Callable[[Path], object]) -> Iterator[Path]:
    """Yield a folder for each moment in which the action can be killed in it."""
    for is_after in (False, True):
        for number in range(10_000):
            root = folder / f"{number}-{is_after}"
            prepare(root)
            if not killed_at(number, lambda root=root: action(root), is_after=is_after):  # type: ignore[misc]
                assert number > 10, "so few calls cannot be all"
                break
            yield root


def assert_whole(root: Path, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Assert that every file is as it was or as it shall be, and no other is there."""
    for path, content in snapshot(root).items():
        assert content in (before.get(path), after.get(path)), path


def expected(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    before = fill(folder)
    write(folder, NEW, output="shop", prune=True)
    return before, snapshot(folder)


def test_write_killed_at_any_moment_is_brought_to_an_end_by_the_next(tmp_path: Path) -> None:
    before, after = expected(tmp_path / "whole")
    count, recoveries = 0, set()

    for root in moments(lambda root: write(root, NEW, output="shop", prune=True), tmp_path, fill):
        assert_whole(root, before, after)
        is_left = is_unfinished(root)
        assert compare(root, NEW, output="shop").is_unfinished is is_left

        done = write(root, NEW, output="shop", prune=True)

        assert snapshot(root) == after
        assert not (root / STAGING).exists()
        assert (done.recovery, done.edited) == ("finished" if is_left else "", ())
        count += 1
        recoveries.add(done.recovery)
    assert count > 60
    assert recoveries == {"", "finished"}


def test_first_write_killed_at_any_moment_does_not_block_the_next(tmp_path: Path) -> None:
    """Even if the app has changed since."""
    later = {**NEW, "a": b"later"}

    for root in moments(lambda root: write(root, NEW, output="shop"), tmp_path, lambda root: None):
        write(root, later, output="shop")

        found = snapshot(root)
        listed = json.loads(found.pop(INDEX))["outputs"]["shop"]
        assert (found, set(listed)) == (later, set(later))


def test_recovery_killed_at_any_moment_is_brought_to_an_end_too(tmp_path: Path) -> None:
    _, after = expected(tmp_path / "whole")

    def half(root: Path) -> None:
        fill(root)
        assert killed_at(_half(tmp_path), lambda: write(root, NEW, output="shop", prune=True), is_after=False)

    for root in moments(lambda root: write(root, NEW, output="shop", prune=True), tmp_path, half):
        write(root, NEW, output="shop", prune=True)

        assert snapshot(root) == after
        assert not (root / STAGING).exists()


def _half(folder: Path) -> int:
    """Return the number of a call in the middle of the changes: the third rename after the journal has its name."""
    return _numbers(folder)["middle"]


def _numbers(folder: Path, cache: dict[str, int] = {}) -> dict[str, int]:  # noqa: B006
    if not cache:
        for number in range(10_000):
            root = folder / f"count-{number}"
            fill(root)
            assert killed_at(number, lambda root=root: write(root, NEW, output="shop", prune=True), is_after=False)  # type: ignore[misc]
            if is_unfinished(root) and (root / "b").read_bytes() == NEW["b"]:
                cache["middle"] = number
                break
    return cache


def test_undoing_killed_at_any_moment_is_undone_by_the_next(tmp_path: Path) -> None:
    """The last step cannot be made, so that all others are undone, and this is what is killed."""
    before = fill(tmp_path / "whole")

    def fail(root: Path) -> None:
        (root / "blocked").mkdir(exist_ok=True)
        changes = [Change(path, content) for path, content in NEW.items()]
        real = os.replace

        def replace(source: str, target: str) -> None:
            if str(target).endswith("blocked/file"):
                raise OSError(28, "No space left on device")
            real(source, target)

        os.replace = replace  # type: ignore[assignment]
        change(root, [*changes, Change("x/gone", None), Change("blocked/file", b"f")])

    seen = set()
    for root in moments(fail, tmp_path, fill):
        was_left = is_unfinished(root)
        is_undoing = (root / STAGING / "undo").exists()
        assert_whole(root, before, {**NEW, "blocked/file": b"f"})

        done = recover(root)

        assert not (root / STAGING).exists()
        assert done == ("undone" if is_undoing and was_left else "finished" if was_left else "")
        wanted = {path: content for path, content in before.items() if path != "x/gone"} | NEW | {"blocked/file": b"f"}
        assert snapshot(root) == (wanted if done == "finished" else before)
        seen.add(done)
    assert seen == {"", "finished", "undone"}


@pytest.mark.parametrize("path", ["b", "deep/er/c"])
def test_what_somebody_changed_after_the_kill_is_kept(tmp_path: Path, path: str) -> None:
    """The half-done change is undone then, since it cannot be finished without losing that."""
    root = tmp_path / "out"
    before = fill(root)
    assert killed_at(_half(tmp_path), lambda: write(root, NEW, output="shop", prune=True), is_after=False)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("by hand")

    assert recover(root) == "undone"

    assert snapshot(root) == {**before, path: b"by hand"}


def test_staged_file_that_a_power_cut_has_emptied_is_not_put_in_place(tmp_path: Path) -> None:
    root = tmp_path / "out"
    before = fill(root)
    assert killed_at(_half(tmp_path), lambda: write(root, NEW, output="shop", prune=True), is_after=False)
    for staged in (root / STAGING).glob("new-*"):
        staged.write_bytes(b"")

    assert recover(root) == "undone"

    assert snapshot(root) == before


@pytest.mark.parametrize(
    "journal",
    [
        "[",
        "{}x",
        '[{"path": "../outside", "old": null, "new": null}]',
        '[{"path": "/etc/passwd", "old": null, "new": null}]',
        '[{"path": "a", "old": 1, "new": null}]',
        '[{"paths": "a"}]',
        "[1]",
    ],
)
def test_journal_that_is_not_kpys_moves_nothing(tmp_path: Path, journal: str) -> None:
    root = tmp_path / "out"
    before = fill(root)
    (tmp_path / "outside").write_text("precious")
    (root / STAGING).mkdir()
    (root / STAGING / "journal").write_text(journal)

    with pytest.raises(Exception, match="is not as kpy wrote it: remove "):
        write(root, NEW, output="shop", prune=True)

    assert snapshot(root) == before
    assert (tmp_path / "outside").read_text() == "precious"


def test_journal_of_an_enemy_reaches_nothing_through_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "out", tmp_path / "outside"
    fill(root)
    outside.mkdir()
    (outside / "p").write_text("precious")
    (root / "l").symlink_to(outside)
    staging = root / STAGING
    staging.mkdir()
    (staging / "new-0").write_text("evil")
    from hashlib import sha256

    steps = [
        {"path": "l/p", "old": None, "new": sha256(b"evil").hexdigest()},
        {"path": "l/p", "old": None, "new": None},
    ]
    (staging / "journal").write_text(json.dumps(steps))

    with pytest.raises(Exception, match="is a symbolic link"):
        recover(root)

    assert (outside / "p").read_text() == "precious"


@pytest.mark.parametrize("error", [KeyboardInterrupt, Terminated])
def test_write_stopped_at_any_moment_leaves_everything_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    """Unlike a kill, being stopped leaves time to clean up; what was nearly done may also be whole."""
    before, after = expected(tmp_path / "whole")

    def stop() -> None:
        raise error

    for number in range(10_000):
        root = tmp_path / str(number)
        fill(root)
        child = os.fork()
        if child == 0:
            at_call(number, stop, is_after=True)
            code = 1
            try:
                write(root, NEW, output="shop", prune=True)
                code = 0
            except error:
                code = 2
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 0:
            assert number > 30
            break
        assert code == 2
        assert snapshot(root) in (before, after), number
        assert not is_unfinished(root) or not (root / STAGING).exists()
        write(root, NEW, output="shop", prune=True)
        assert snapshot(root) == after
        assert not (root / STAGING).exists()


APP = """\
import sys
from kpy import App, Chart, ConfigMap

def app(word: str = "old") -> App:
    app = App("shop")
    for number in range(40):
        app.add(Chart(f"chart-{number}")).add(ConfigMap(f"c{number}", data={"a": word * 200}))
    return app
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_command_that_is_killed_at_random_moments_leaves_only_whole_files(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "shop.py").write_text(APP)
    chance = random.Random(3)
    command = [sys.executable, "-m", "kpy", "synth", "shop.py", "-o", "out", "--set"]
    start = time.monotonic()
    subprocess.run([*command, "word=new"], cwd=tmp_path, check=True, capture_output=True)
    length = time.monotonic() - start
    whole = {"new": snapshot(tmp_path / "out")}
    subprocess.run([*command, "word=old"], cwd=tmp_path, check=True, capture_output=True)
    whole["old"] = snapshot(tmp_path / "out")

    for _ in range(6):
        process = subprocess.Popen(
            [*command, "word=new"],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
        )
        time.sleep(length * (0.6 + 0.6 * chance.random()))
        process.send_signal(how)
        process.communicate()
        found = snapshot(tmp_path / "out")
        assert found.keys() == whole["old"].keys()
        assert all(content in (whole["old"][path], whole["new"][path]) for path, content in found.items())
        if how is not signal.SIGKILL:
            assert process.returncode in (0, 128 + how, -how)  # the last before kpy itself has begun
            assert found in whole.values()
            assert not (tmp_path / "out" / STAGING).exists()
        subprocess.run([*command, "word=old"], cwd=tmp_path, check=True, capture_output=True)
        assert snapshot(tmp_path / "out") == whole["old"]
        assert not (tmp_path / "out" / STAGING).exists()
