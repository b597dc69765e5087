"""`kpy affected`: which outputs a change touches."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kpy.cli.apps import project_with
from kpy.cli.changes import Since, since, verdicts_of
from kpy.cli.codes import DONE
from kpy.cli.fleet import chosen_outputs, patterns_of, words_of
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say
from kpy.errors import UsageError

if TYPE_CHECKING:
    from kpy.delivery.affected import Verdict
    from kpy.project.workspace import Output

__all__ = ["run"]

#: How many jobs GitHub makes of one matrix.
_MOST_JOBS = 256


def run(given: Given) -> int:
    """Write which outputs are affected by what has changed since a revision."""
    from kpy.delivery.keeping import index_of, take
    from kpy.delivery.outputs import gone_outputs, root_of

    if given.text("since") is None:
        raise MisuseError("say since when: kpy affected --since git:main")
    project = project_with(given, None)
    outputs = project.outputs()
    chosen = _chosen(given, chosen_outputs(given, outputs))
    changed = since(given, project)
    index = index_of(project, words_of(given))
    why = "there is no place to keep an index" if index is None else take(index)
    verdicts = verdicts_of(project, chosen, changed, index, why)
    roots = {os.path.join(project.folder, root_of(pattern)) for pattern in patterns_of(project, given)}
    gone = [each.name for root in sorted(roots) for each in gone_outputs(root, outputs)]
    hit = [verdict for verdict in verdicts if verdict.why]
    with Product() as product:
        product.write(_FORMATS[given.text("format") or "text"](changed, hit, gone))
    total = f"{len(verdicts)} output{'s' if len(verdicts) != 1 else ''}"
    are = "is" if len(hit) == 1 else "are"
    say(f"{len(hit)} of {total} {are} affected by what has changed since {changed.revision}")
    if given.text("format") == "github" and len(hit) > _MOST_JOBS:
        say(f"note: GitHub makes at most {_MOST_JOBS} jobs of a matrix: let each job take several, with --shard")
    return DONE


def _chosen(given: Given, outputs: Sequence[Output]) -> list[Output]:
    from kpy.project.workspace import matching

    names = given.texts("apps")
    try:
        return matching(outputs, [f"app={','.join(names)}"] if names else [])
    except UsageError as error:
        raise MisuseError(str(error).removeprefix("app=")) from None


def _text(changed: Since, hit: Sequence[Verdict], gone: Sequence[str]) -> str:
    lines = [f"{verdict.output}   ({', '.join(map(_shown, verdict.why))})\n" for verdict in hit]
    return "".join([*lines, *(f"{name}   (gone)\n" for name in gone)])


def _json(changed: Since, hit: Sequence[Verdict], gone: Sequence[str]) -> str:
    tree = {
        "since": changed.revision,
        "commit": changed.commit,
        "count": len(hit),
        "outputs": [{**_words(verdict.output), "why": [_shown(why) for why in verdict.why]} for verdict in hit],
        "gone": list(gone),
    }
    return f"{json.dumps(tree, indent=2, ensure_ascii=False)}\n"


def _github(changed: Since, hit: Sequence[Verdict], gone: Sequence[str]) -> str:
    matrix = json.dumps({"include": [_words(verdict.output) for verdict in hit]}, separators=(",", ":"))
    return f"count={len(hit)}\nmatrix={matrix}\n"


def _words(output: Output) -> dict[str, str]:
    said = {"name": str(output), "folder": output.folder}
    return {**said, **output.words, **said}


def _shown(why: str) -> str:
    from kpy.source import shown_file

    return shown_file(why)


_FORMATS: Mapping[str, Callable[[Since, Sequence[Verdict], Sequence[str]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
}
