"""All outputs of a workspace, one after the other in one process, or shared among several."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from kpy.delivery.claims import Claims, place_of
from kpy.delivery.failures import failure_said
from kpy.delivery.process import undisturbed
from kpy.delivery.rendering import Job, Rendered, folder_of_app, render
from kpy.errors import UsageError
from kpy.loading.modules import forget_all, prefer_beside

if TYPE_CHECKING:
    from kpy.delivery.keeping import Keeper
    from kpy.project.workspace import Output

__all__ = ["render_all", "shard_of"]

#: After how many outputs garbage is collected, which the command line otherwise leaves to the end of the process.
_COLLECT = 50

Seen = Callable[[Rendered], None]


def shard_of(outputs: Sequence[Output], shard: str) -> list[Output]:
    """Return the part of outputs that a word means, `2/8`: each output is in one part alone.

    Raises `UsageError` for what is no part.
    """
    number, slash, count = shard.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise UsageError(f"{shard}: write it as NUMBER/COUNT, from 1/8 to 8/8")
    return list(outputs[int(number) - 1 :: int(count)])


def render_all(
    job: Job,
    outputs: Sequence[Output],
    *,
    jobs: int = 1,
    seen: Seen = lambda _: None,
    keeper: Keeper | None = None,
    taken: Mapping[tuple[str, str], str] | None = None,
) -> list[Rendered]:
    """Render outputs and return what became of each, in their order; `seen` is called as each is done.

    With more than one of `jobs` that many processes share the work, where the system can fork. Outputs of which the
    keeper knows that they would come out as before are not rendered again. `taken` has which apps write what
    already, see `kpy.delivery.claims`.
    """
    found: dict[int, Rendered] = {}
    if keeper is not None:
        for number, output in enumerate(outputs):
            if (kept := keeper.kept(output)) is not None:
                found[number] = kept
                seen(kept)
    claims = Claims(
        {**(taken or {}), **{place_of(each.output.folder, each.app): each.output.app.target for each in found.values()}}
    )
    left = [number for number in range(len(outputs)) if number not in found]
    if left:
        job = _settled(job, keeper)
    for place, rendered in _rendered(job, [outputs[number] for number in left], jobs, keeper, claims):
        found[left[place]] = rendered if keeper is None else keeper.note(rendered)
        seen(rendered)
    if left and keeper is not None:
        keeper.write()
    return [found[number] for number in range(len(outputs))]


def _rendered(
    job: Job, outputs: Sequence[Output], jobs: int, keeper: Keeper | None, claims: Claims
) -> Iterator[tuple[int, Rendered]]:
    """Yield what becomes of outputs, each with its number."""
    count = min(jobs, len(outputs))
    if count < 2 or not hasattr(os, "fork"):
        yield from enumerate(_one_by_one(job, outputs, keeper, claims))
    else:
        with TemporaryDirectory(prefix="kpy-") as folder:
            yield from _forked(job, outputs, count, keeper, claims.shared(folder))


def _settled(job: Job, keeper: Keeper | None) -> Job:
    """Return the job with what is the same for all outputs looked at once, so that what is wrong is told once."""
    if keeper is None:
        _ = job.project.choice
        return job
    return keeper.settled(job)


def _one_by_one(job: Job, outputs: Sequence[Output], keeper: Keeper | None, claims: Claims) -> Iterator[Rendered]:
    known: set[str] = set()
    kept = _kept(job)
    with keeper.tracer() if keeper is not None else nullcontext() as tracer:
        forget_all(known, keep=kept)  # of policies, which stay as they are, others must not find state
        as_before = undisturbed()
        first = frozenset(sys.modules)
        for number, output in enumerate(outputs, 1):
            prefer_beside(folder_of_app(job, output), known, but=first)
            rendered = render(job, output, tracer, as_before, claims)
            forget_all(known, keep=kept)
            if tracer is not None:
                tracer.settle()
            yield rendered
            if number % _COLLECT == 0:
                gc.collect()


def _kept(job: Job) -> tuple[str, ...]:
    """Return the folders of modules that hold no state of an app: the types that kpy generates."""
    settings = job.project.settings
    return tuple(os.path.join(settings.folder, package) for package in (settings.crds_package, settings.charts_package))


def _forked(
    job: Job, outputs: Sequence[Output], count: int, keeper: Keeper | None, claims: Claims
) -> Iterator[tuple[int, Rendered]]:
    """Yield what became of outputs, each with its number, as processes report it.

    Where one ends before its time, the output that it was at is to blame, and another one goes on with the rest.
    """
    import selectors

    children: dict[int, list[int]] = {}

    def start(numbers: Sequence[int]) -> None:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _work(job, outputs, numbers, writing, keeper, claims)
        os.close(writing)
        children[child] = list(numbers)
        selector.register(os.fdopen(reading, "rb"), selectors.EVENT_READ, child)

    with selectors.DefaultSelector() as selector:
        try:
            for first in range(count):
                start(range(first, len(outputs), count))
            while selector.get_map():
                for key, _ in selector.select():
                    stream: IO[bytes] = key.fileobj  # type: ignore[assignment]  # it is the reading end of a pipe
                    report = _read(stream)
                    if report is not None:
                        children[key.data].remove(report[0])
                        yield report
                        continue
                    selector.unregister(stream)
                    stream.close()
                    status = os.waitpid(key.data, 0)[1]
                    if left := children.pop(key.data):
                        yield left[0], _ended(outputs[left[0]], status)
                        if left[1:]:
                            start(left[1:])
        finally:
            _end(children)


def _ended(output: Output, status: int) -> Rendered:
    """Return what is told of the output whose process ended; by a signal, it is the machine, and else its code."""
    import signal

    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        text = f"its code ended the process, with the exit code {code}"
        return Rendered(output, code=1, failure=text, failed=failure_said(text))
    text = f"the process that made it was ended by {signal.Signals(-code).name}; is there enough memory?"
    return Rendered(output, code=2, failure=text, failed=failure_said(text))


def _read(stream: IO[bytes]) -> tuple[int, Rendered] | None:
    """Return the next report of a process; nothing when it has ended."""
    size = stream.read(8)
    if len(size) < 8:
        return None
    length = int.from_bytes(size, "big")
    content = stream.read(length)
    if len(content) < length:
        return None
    number, rendered = pickle.loads(content)  # what a process of one's own has just written
    return number, rendered


def _work(
    job: Job, outputs: Sequence[Output], numbers: Sequence[int], writing: int, keeper: Keeper | None, claims: Claims
) -> None:
    """Render outputs in a process of its own, report each, and end the process."""
    code = 1
    try:
        with os.fdopen(writing, "wb") as stream:
            rendered = _one_by_one(job, [outputs[number] for number in numbers], keeper, claims)
            for number, each in zip(numbers, rendered, strict=True):
                content = pickle.dumps((number, each))
                stream.write(len(content).to_bytes(8, "big") + content)
                stream.flush()
        code = 0
    finally:
        os._exit(code)


def _end(children: Iterable[int]) -> None:
    """Wait for processes to end; those that have not reported all yet are stopped."""
    import signal
    from contextlib import suppress

    for child in children:
        with suppress(OSError):
            os.kill(child, signal.SIGTERM)
        with suppress(OSError):
            os.waitpid(child, 0)
