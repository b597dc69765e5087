"""`kpy synth --format helm`: a Helm chart whose values are the parameters of the app, proved by the real helm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpy.cli.apps import values_of
from kpy.cli.codes import DONE, FAULT, DocumentError, code_of_report
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say_apart, say_findings
from kpy.errors import LoadError, SynthError, UsageError

if TYPE_CHECKING:
    from kpy.delivery.helm_chart.chart import About
    from kpy.delivery.helm_chart.learning import Learned
    from kpy.delivery.helm_chart.making import UserSet
    from kpy.delivery.helm_chart.observing import Observer
    from kpy.manifest import Manifest
    from kpy.output.layouts import Layout
    from kpy.project import Project

__all__ = ["run_chart"]


def run_chart(given: Given, project: Project, folder: str, kubernetes: str | None) -> int:
    """Write the chart of an app into a folder, or with `--check` compare it; return the exit code."""
    with Product():
        maker = _Maker(given, project, kubernetes)
        manifest = maker.start()
        code = _tell_findings(given, manifest)
        if code != DONE:
            return code
        laid = maker.make(manifest)
        maker.warn_of_secrets()
        maker.prove(laid, manifest)
    from kpy.cli.files import write_layout

    return write_layout(given, folder, manifest, laid, is_pruning=True)


def _tell_findings(given: Given, manifest: Manifest) -> int:
    fail_on = given.text("fail_on")
    code = code_of_report(manifest.report, fail_on)
    say_findings(manifest.report if fail_on == "note" else manifest.report.only("warning"), given)
    if code != DONE:
        say_apart(f"{manifest.report.summary()}; nothing was written, since --fail-on {fail_on} is met", given)
    return code


class _Maker:
    """Makes the chart of one command line."""

    def __init__(self, given: Given, project: Project, kubernetes: str | None) -> None:
        from kpy.delivery.helm_chart.descriptions import descriptions_of
        from kpy.delivery.helm_chart.observing import Observer
        from kpy.delivery.helm_chart.variables import read_parameters
        from kpy.project.app_function import AppFunction

        self.given, self.project, self.kubernetes = given, project, kubernetes
        self.function = AppFunction(project, given.text("app"))
        texts = values_of(given)
        self._refuse_values_of_app(texts)
        self.constants = self._constants()
        self.parameters = read_parameters(
            self.function,
            self.function.said(texts),
            fixed={key.partition(".")[0] for key in texts},
            constants=self.constants,
            descriptions=descriptions_of(self.function.function),
        )
        self.observer: Observer = Observer(self.function, self.parameters.constants, kubernetes)
        self.sets: list[UserSet] = self._user_sets()
        self.learned: Learned | None = None

    def _refuse_values_of_app(self, texts: dict[str, list[str]]) -> None:
        if self.function.function is None and texts:
            self.function.make({key: said[0] for key, said in texts.items()})  # which says so

    def _constants(self) -> list[str]:
        from kpy.loading.near import near_or_known

        known = self.function.parameters()
        names = [word for text in self.given.texts("constants") for part in text.split(",") if (word := part.strip())]
        for name in names:
            if name not in known:
                raise MisuseError(f"--constant {name}: the app has no such parameter{near_or_known(name, known)}")
        return names

    def _user_sets(self) -> list[UserSet]:
        """Return the value sets of the environments of the project, and of files."""
        from kpy.delivery.helm_chart.making import UserSet

        found = []
        for name in self.project.settings.environments:
            try:
                said = self.function.said(environment=name)
                found.append(UserSet(f"the environment {name}", self._plain(said)))
            except LoadError as error:
                say_apart(f"the chart is not proved with the environment {name}: {error}", self.given)
        for path in self.given.texts("values"):
            found.append(UserSet(f"the values of {path}", self._plain(self._of_file(path))))
        return found

    def _of_file(self, path: str) -> Any:
        from kpy.loading.values import Values
        from kpy.loading.values_files import read_values

        return Values(read_values(path, path))

    def _plain(self, said: Any) -> dict[str, Any]:
        from kpy.delivery.helm_chart.plain import to_plain

        names = {each.name for each in self.parameters.values}
        return {name: to_plain(value) for name, value in self.function.fitted(said).items() if name in names}

    def start(self) -> Manifest:
        """Return the manifest for the values from which others are tried."""
        from kpy.delivery.helm_chart.making import find_base
        from kpy.delivery.helm_chart.variables import guesses_for

        for name, why in self.parameters.others.items():
            say_apart(f"`{name}` is no value of the chart, and stays as it is: {why}", self.given)
        self._refuse_missing()
        guesses = guesses_for(self.parameters.values, [each.values for each in self.sets])
        try:
            self.base = find_base(self.observer, guesses)
            return self.observer.manifest(self.base)
        except SynthError as error:
            error.add_note("nothing was written")
            raise

    def _refuse_missing(self) -> None:
        from inspect import Parameter as Signed

        for name, each in self.function.parameters().items():
            is_value = any(value.name == name for value in self.parameters.values)
            if not is_value and name not in self.parameters.constants and each.default is Signed.empty:
                raise LoadError(f"{self.function.where} needs a value for `{name}`: add --set {name}=...")

    def make(self, manifest: Manifest) -> Layout:
        """Return the files of the chart."""
        from kpy.delivery.helm_chart.chart import to_files
        from kpy.delivery.helm_chart.making import follow
        from kpy.delivery.helm_chart.source_constants import constants_of
        from kpy.schema import api

        about = self._about(manifest)
        self.learned = follow(
            self.observer,
            self.base,
            self.parameters.values,
            constants_of(self.function.sources()),
            self.sets,
        )
        return to_files(
            about,
            self.parameters.values,
            self.base,
            self.learned,
            api(manifest.release),
            layout=self.given.text("layout") or "chart",
        )

    def warn_of_secrets(self) -> None:
        """Warn of secrets that are in the templates, since their parameters are no values of the chart."""
        from kpy.redaction.fields import is_sensitive_name

        left: list[tuple[str, Any]] = [*self.parameters.constants.items()]
        found = []
        for path, value in left:
            if isinstance(value, dict):
                left += [(f"{path}.{key}", inner) for key, inner in value.items()]
            elif value and isinstance(value, str) and is_sensitive_name(path.rpartition(".")[2]):
                found.append(path)
        if found:
            names = ", ".join(f"`{path}`" for path in found)
            them, values = ("it", "value") if len(found) == 1 else ("them", "values")
            options = " and ".join(f"--{word}" for word, given in self._ways_to_fix() if given)
            say_apart(
                f"warning: the templates of the chart have the {values} of {names}, so whoever gets the chart can read "
                f"{them}: make the chart without {options} for {them}, and give {them} when it is installed",
                self.given,
            )

    def _ways_to_fix(self) -> list[tuple[str, bool]]:
        return [("set", bool(values_of(self.given))), ("constant", bool(self.constants))]

    def _about(self, manifest: Manifest) -> About:
        from kpy.delivery.helm_chart.chart import About, check_name, check_version
        from kpy.project.settings import project_version

        version = project_version(self.project.folder or ".")
        said = self.given.text("chart_version")
        try:
            number = check_version(said) if said else _or_first(version)
        except UsageError as error:
            raise MisuseError(f"--chart-version {said}: {error}") from None
        release = self.project.release(manifest.app, kubernetes=self.kubernetes)
        doc = (self.function.function.__doc__ or "") if self.function.function is not None else ""
        line = doc.strip().split("\n")[0].strip()
        return About(check_name(manifest.output), number, version, line, release or "")

    def prove(self, laid: Layout, manifest: Manifest) -> None:
        """Hold the chart against the real helm; say so loudly where there is none."""
        from kpy.delivery.helm_chart.making import cases_of
        from kpy.delivery.helm_chart.proof import ProofError, prove
        from kpy.programs.helm import HelmRenderer
        from kpy.programs.program import ProgramError

        assert self.learned is not None
        tried = len(self.learned.sets)
        if self.given.has("no_proof"):
            say_apart(
                f"NOT PROVED: helm was not asked, since --no-proof was given; {tried} value sets were tried", self.given
            )
            return
        try:
            helm = HelmRenderer.find()
        except ProgramError as error:
            say_apart(
                f"NOT PROVED: {error}, so that nothing shows that helm renders what kpy synthesises; install helm 3.18 "
                "or newer and write the chart again",
                self.given,
            )
            return
        cases = cases_of(self.observer, self.learned, self.sets, self.base, self.parameters.values)
        try:
            count = prove(helm, laid.files, cases, kubernetes=manifest.release)
        except ProofError as error:
            raise DocumentError(
                f"the chart is not what the app is, which is a fault of kpy, and nothing was written: {error}",
                code=FAULT,
            ) from None
        say_apart(
            f"proved: helm renders what kpy synthesises, compared with {count} set{'s' * (count != 1)} of values",
            self.given,
        )


def _or_first(version: str) -> str:
    from kpy.delivery.helm_chart.chart import check_version

    try:
        return check_version(version)
    except UsageError:
        return "0.1.0"
