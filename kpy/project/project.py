"""One project serves every command, the testing kit and Python: what its settings say holds for all of them alike."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kpy.errors import LoadError, UsageError
from kpy.model.calls import guard
from kpy.project.releases import known_range, minor_of
from kpy.project.settings import PYPROJECT, Settings, find_settings, parse_settings, read_settings
from kpy.project.trust import is_trusted, require_trust
from kpy.source import is_installed
from kpy.watch import saw_place

if TYPE_CHECKING:
    from datetime import date
    from types import ModuleType

    from kpy.checking.choice import Choice
    from kpy.diagnostics import Report
    from kpy.loading.values import Values
    from kpy.manifest import Manifest
    from kpy.pipeline import Observer
    from kpy.project.environments import Cluster, Environment, Part
    from kpy.project.workspace import Output
    from kpy.tree.app import App

__all__ = ["Project"]

#: What pins the definitions that the settings name, see `kpy.lock`.
_LOCK = "kpy.lock"


class Project:
    """A project: the settings of its pyproject.toml, and what follows from them.

        project = Project.load(".")
        print(project.synth(app).to_yaml())

    A project without a `[tool.kpy]` is one too: then everything is as kpy has it by default.
    """

    def __init__(self, settings: Settings) -> None:
        #: What the table `[tool.kpy]` says, and what was added to it.
        self.settings = settings
        self._base: Project | None = None
        self._day: date | None = None
        self._lists_waivers = False
        self._extended: tuple[object, ...] = ()
        if settings.extended:
            from kpy.project.extending import states_of

            self._extended = states_of(settings.extended)
        self._environment: Environment | None = None
        self._cluster: Cluster | None = None
        #: The project that this one is in an environment of.
        self._outside: Project | None = None
        #: What files of values are taken to have in them, by their real paths.
        self._contents: Mapping[str, bytes] = {}

    @classmethod
    def load(cls, folder: str | os.PathLike[str] = ".") -> Project:
        """Return the project that a folder is in: that of the nearest pyproject.toml, upwards, with a `[tool.kpy]`.

        Raises `LoadError` when that file cannot be read or says what kpy does not know.
        """
        if not isinstance(folder, str | os.PathLike):
            raise UsageError(f"{folder!r} cannot be the path of a folder")
        try:
            return cls(read_settings(os.fspath(folder)))
        except (UnicodeEncodeError, UnicodeDecodeError):
            raise UsageError(f"{os.fspath(folder)!r} cannot be the path of a folder") from None

    @classmethod
    def of_target(cls, target: str | None, *, folder: str = "") -> Project:
        """Return the project of a target: that of its folder for a file, `shop.py:app`, else that of `folder`.

        A relative file is looked for in `folder`, which is the current one if it is not given.
        """
        place = (target or "").rpartition(":")[0] or target or ""
        is_python = place.endswith(".py")
        return cls.load(os.path.join(folder, os.path.dirname(place)) if is_python else folder)

    @classmethod
    def of_app(cls, app: App) -> Project:
        """Return the project of the file that made an app; that of the current folder for an installed package.

        It is kept as long as its pyproject.toml stays the same, because apps are made by the thousand.
        """
        made = app._where
        is_own = made is not None and not is_installed(made.file)
        found = find_settings(os.path.dirname(made.file) if made is not None and is_own else "")
        if found is None:
            return _NO_PROJECT
        project = _project(*found)
        if project._extended and not project._is_fresh():
            _project.cache_clear()
            project = _project(*found)
        return project

    def _is_fresh(self) -> bool:
        """Return whether the files that were extended are as they were."""
        from kpy.project.extending import states_of

        return states_of(self.settings.extended) == self._extended

    @property
    def folder(self) -> str:
        """The folder of its pyproject.toml; empty when there is none that speaks of kpy."""
        return self.settings.folder

    @property
    def root(self) -> str:
        """The folder from which apps may import, beside their own; empty where the code in it is not to be trusted."""
        return self.folder if self.folder and is_trusted(self._file) else ""

    @property
    def name(self) -> str:
        """The name of the project: what the settings say, else the name of `[project]`; empty when there is neither."""
        from kpy.project.settings import project_name

        return self.settings.project or project_name(self.folder or ".")

    @property
    def environment(self) -> Environment | None:
        """The environment that was chosen with `in_environment`; nothing when none was."""
        return self._environment

    @property
    def cluster(self) -> Cluster | None:
        """The cluster that was chosen with `in_environment`; nothing when none was."""
        return self._cluster

    def in_environment(self, name: str | None = None, *, cluster: str | None = None) -> Project:
        """Return the project in one of its environments, `[tool.kpy.environments.NAME]`, or clusters, or both.

        Apps are then made with the parameters of the environment and of the cluster, for its release, and its contexts
        are those that may be applied to; the cluster wins. Raises `UsageError` where there is none of that name.
        """
        from kpy.project.environments import choose

        inside = Project(self.settings)
        inside._base, inside._day, inside._lists_waivers = self._base, self._day, self._lists_waivers
        inside._outside = self
        if name is not None:
            inside._environment = choose(self.settings.environments, name, self._file)
        if cluster is not None:
            inside._cluster = choose(self.settings.clusters, cluster, self._file, "cluster")
        for part in inside._parts:
            if part.kubernetes is not None:
                inside.settings = inside.settings._replace(kubernetes=part.kubernetes)
            if part.contexts is not None:
                inside.settings = inside.settings._replace(contexts=part.contexts)
        return inside

    @property
    def _parts(self) -> list[Part]:
        """The environment and the cluster that were chosen."""
        return [part for part in (self._environment, self._cluster) if part is not None]

    def plus(
        self,
        *,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        external: Sequence[str] = (),
        crds: Sequence[str] = (),
    ) -> Project:
        """Return the project with more than its settings say about rules; paths are from the current folder.

        Raises `UsageError` for what names no rule and no object, `LoadError` where the settings themselves are wrong.
        """
        settings = self.settings
        for name, said in (("select", select), ("ignore", ignore), ("external", external), ("crds", crds)):
            if not isinstance(said, list | tuple) or not all(isinstance(word, str) for word in said):
                raise UsageError(f"`{name}` is a list of texts, not {said!r}")
        more = Project(
            settings._replace(
                select=(*settings.select, *select),
                ignore=(*settings.ignore, *ignore),
                external=(*settings.external, *external),
                crds=(*settings.crds, *map(os.path.abspath, crds)),
            )
        )
        more._base, more._environment, more._cluster = self, self._environment, self._cluster
        from kpy.checking.choice import check_choice

        check_choice(more._choice, more._more_rules)
        return more

    def on(self, day: date, *, lists_waivers: bool = False) -> Project:
        """Return the project with waivers judged by a day, and told if asked for.

        Raises `UsageError` for what is no day.
        """
        from datetime import date, datetime

        if not isinstance(day, date):
            raise UsageError(f"`day` is a date, such as `date.today()`, not {day!r}")
        day = day.date() if isinstance(day, datetime) else day
        dated = Project(self.settings)
        dated._base, dated._day, dated._lists_waivers = self._base, day, lists_waivers
        dated._environment, dated._cluster = self._environment, self._cluster
        return dated

    def __repr__(self) -> str:
        """Return a short description for a prompt."""
        return f"<Project in {self.folder}>" if self.folder else "<Project without settings>"

    @cached_property
    def choice(self) -> Choice:
        """What the project says about rules, checked, with the policies of its own among them.

        Raises `LoadError` for rules, severities and policies that there are not, and for definitions that are not as
        kpy.lock has pinned them.
        """
        from kpy.checking.choice import check_choice

        if self._outside is not None:
            return self._outside.choice
        try:
            check_choice(self._choice, self._more_rules)
        except UsageError as error:
            raise LoadError(f"{self._said_in}: {error}") from None
        return self._choice

    @cached_property
    def crds(self) -> tuple[str, ...]:
        """The files and folders with definitions of custom resources.

        Raises `LoadError` where one is not as kpy.lock has pinned it.
        """
        settings = self.settings
        if settings.crds:
            lock = os.path.join(settings.folder, _LOCK)
            saw_place(lock)
            if os.path.exists(lock):
                from kpy.lock import refuse_changed

                refuse_changed(settings.folder)
        return tuple(os.path.join(settings.folder, path) for path in settings.crds)

    @cached_property
    def _choice(self) -> Choice:
        """What the project says about rules, as it says it."""
        from kpy.checking.choice import Choice

        if self._base is not None:
            _ = self._base.choice  # what is wrong with the settings themselves is told first
        settings = self.settings
        admission = tuple(os.path.join(settings.folder, path) for path in settings.admission)
        choice = Choice(
            settings.select,
            settings.ignore,
            settings.severities,
            settings.external,
            self.crds,
            admission=admission,
            mandatory=settings.mandatory,
            today=self._day,
            lists_waivers=self._lists_waivers,
            project=settings.folder,
        )
        try:
            registry = choice.registry.plus(*self._policies()) if settings.policies else choice.registry
            switched, named = [*settings.select, *settings.mandatory], [*settings.ignore, *settings.severities]
            if switched or named:
                from kpy.checking.plug_ins import with_plug_ins_for

                registry = with_plug_ins_for(registry, switched, named)
        except UsageError as error:
            raise LoadError(f"{self._said_in}: {error}") from None
        return choice._replace(registry=registry)

    def load_app(
        self, target: str | None = None, values: Mapping[str, Sequence[str]] | None = None, *, folder: str = ""
    ) -> App:
        """Return an app: the target, `FILE[:NAME]` or `package.module[:NAME]`, or the one that the settings name.

        A target is looked for from `folder`, which is the current one if it is not given, the app of the settings from
        the folder of the project.
        `values` are texts for the parameters of a function that makes the app; they win over those of the environment.
        A key with dots, `database.size`, is a value in a table. Raises `LoadError`.
        """
        from kpy.loading import load_app

        target, folder = self._located(target, folder)
        said = self._values(os.path.join(folder, target), values)
        return load_app(target, said, folder=folder, root=self.root)

    def _located(self, target: str | None, folder: str = "") -> tuple[str, str]:
        """Return the place of an app, or of the one that the settings name, and the folder it is from."""
        if target is not None:
            return self._place_of(target, folder)
        if self.settings.app is None:
            from kpy.project.workspace import no_app

            raise LoadError(no_app(self.settings))
        require_trust(self._file, f"the app {self.settings.app}")
        return self.settings.app, self.folder

    def _place_of(self, target: str, folder: str) -> tuple[str, str]:
        """Return the place of an app and the folder it is from; the name of one of the workspace means its file."""
        if self.settings.apps and not os.path.exists(os.path.join(folder, target)):
            from kpy.project.workspace import is_name, no_such_app, place_of_app

            if (place := place_of_app(self.settings, target)) is not None:
                require_trust(self._file, f"the app {place}")
                return place, self.folder
            if is_name(target) and not os.path.exists(os.path.join(folder, f"{target}.py")):
                raise LoadError(no_such_app(self.settings, target))
        return target, folder

    def outputs(self, *, below: str | None = None) -> list[Output]:
        """Return all outputs of the project: each app in each environment and cluster, but for those that are skipped.

        `below` is a folder to write to, from that of the project, in the place of what the settings say. Raises
        `LoadError` where there is no app, or where two outputs would be written to one folder.
        """
        from kpy.project.workspace import outputs_of

        return outputs_of(self.settings, below=below)

    def output_of(self, target: str | None = None) -> str | None:
        """Return the folder that the output of an app goes to in this environment; nothing where none is named."""
        if target is not None and not isinstance(target, str):
            raise UsageError(f"{target!r} cannot be the place of an app")
        pattern = (self._environment.output if self._environment is not None else None) or self.settings.output
        if pattern is None or (target or self.settings.app) is None or not self._parts:
            return None
        from kpy.project.environments import expand, shown_path

        names = self._names(os.path.join(*reversed(self._place_of(target or self.settings.app or "", ""))))
        return shown_path(os.path.join(self.folder, expand(pattern, names, f"{self._file}: `output`")))

    def _names(self, target: str) -> dict[str, str]:
        """Return what stands for placeholders: `{app}`, `{env}`, `{cluster}`, and what the pattern of apps has."""
        from kpy.project.workspace import words_of

        parts = {"env": self._environment, "cluster": self._cluster}
        return words_of(self.settings, target) | {key: part.name if part else "" for key, part in parts.items()}

    def _values(self, target: str, texts: Mapping[str, Sequence[str]] | None) -> Values:
        """Return the values for the parameters of an app: of environment, cluster and command line."""
        from kpy.loading.values import Values

        if not self._parts:
            return Values.of_texts(texts or {})
        from kpy.project.environments import layers_of

        names = self._names(target)
        implied = {"env": names["env"], "environment": names["env"], "cluster": names["cluster"]}
        layers = [layer for part in self._parts for layer in layers_of(part, names, self._file, self._contents)]
        return Values.of_texts(texts or {}, *layers, implied={key: said for key, said in implied.items() if said})

    def release(self, app: App | None = None, *, kubernetes: str | None = None) -> str | None:
        """Return the Kubernetes minor release to check against; nothing for the newest that kpy knows.

        That is `kubernetes`, else what the environment says, then the app, then the settings. Raises `UsageError` or
        `LoadError` for a release that kpy does not know.
        """
        if kubernetes is not None:
            return minor_of(kubernetes)
        is_chosen = any(part.kubernetes is not None for part in self._parts)
        if app is not None and app.kubernetes is not None and not is_chosen:
            try:
                return minor_of(app.kubernetes)
            except UsageError as error:
                error.locate(app._where)
                raise
        if (said := self.settings.kubernetes) is None:
            return None
        try:
            return minor_of(said)
        except UsageError:
            raise LoadError(f'{self._file}: kubernetes = "{said}": kpy knows {known_range()}') from None

    def synth(
        self, app: App | None = None, *, kubernetes: str | None = None, observe: Observer | None = None
    ) -> Manifest:
        """Return the manifest of an app; if none is given, of the app that the settings name.

        `kubernetes` is the release to check against, see `release`; `observe` is called after each pass. Raises
        `SynthError`, whose `report` has everything that was found, when there are errors.
        """
        from kpy.pipeline.run import run

        made = self.load_app() if app is None else app
        manifest = run(made, release=self.release(made, kubernetes=kubernetes), choice=self.choice, observe=observe)
        return self.settings.gitops.finished(manifest) if self.settings.gitops else manifest

    def validate(self, documents: Iterable[Mapping[str, object]], *, kubernetes: str | None = None) -> Report:
        """Return what kpy says about Kubernetes documents, as `kpy.validate` does, with the rules of the project."""
        from kpy.diagnostics import Report
        from kpy.schema import api
        from kpy.validation import find_faults

        found = find_faults(documents, api(self.release(kubernetes=kubernetes)), self.choice)
        return Report([*self.choice.registry.failures, *(each.diagnostic for each in found)])

    def _more_rules(self) -> set[str]:
        """Return the rules under which constructs warn."""
        from kpy.project.construct_rules import rules_of_constructs

        return rules_of_constructs(self.folder)

    @property
    def _said_in(self) -> str:
        """Where words about rules stand: in pyproject.toml, or in what it extends."""
        return ", or ".join((self._file, *self.settings.extended))

    @property
    def _file(self) -> str:
        return os.path.join(self.folder, PYPROJECT)

    def _policies(self) -> Iterator[ModuleType]:
        """Yield the modules with policies of the project's own; their code runs."""
        from kpy.loading.modules import import_module, is_file, run_file

        for target in self.settings.policies:
            require_trust(self._file, f"the policies {target}")
            if is_file(target, self.folder):
                module, leave = run_file(os.path.join(self.folder, target), self.root)
            else:
                module, leave = import_module(target, self.folder)
            leave()
            yield module


guard(Project, is_command=True)


@lru_cache(maxsize=64)
def _project(path: str, content: bytes) -> Project:
    """Return the project of a pyproject.toml with this content."""
    return Project(parse_settings(path, content))


_NO_PROJECT = Project(Settings())
