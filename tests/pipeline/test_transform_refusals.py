"""What cannot be a transform is refused, where it is given or where it fails."""

from __future__ import annotations

import re
from typing import Any

import pytest

import kpy
from kpy import App, ArgumentError, Chart, Container, Deployment, UsageError
from kpy.constructs.pods import PodOwner


def shop(*, transforms: Any) -> App:
    app = App("shop", transforms=transforms)
    app.add(Chart("main")).add(Deployment("api", containers=[Container(image="nginx:1")]))
    return app


def shortened(text: object) -> str:
    return re.sub(r"[^\s(]*test_transform_refusals\.py:\d+", "FILE", str(text))


def scrape(workload: PodOwner) -> None:
    workload.pod_annotations = {"prometheus.io/scrape": "true"}


def returns(workload: Deployment) -> Deployment:
    return workload


def unannotated(workload) -> None:  # type: ignore[no-untyped-def]
    """Do nothing."""


def of_a_dict(workload: dict[str, Any]) -> None:
    """Do nothing."""


def of_nothing() -> None:
    """Do nothing."""


def unresolved(workload: Nowhere) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Do nothing."""


@pytest.mark.parametrize(
    ("transforms", "text"),
    [
        (scrape, "expected a list of functions, `[scrape]`, not the function `scrape`"),
        (["scrape"], "expected a function, not 'scrape'"),
        ([Deployment], "expected a function, not the class Deployment"),
        (
            [unannotated],
            "`workload` of the transform unannotated (FILE) has no annotation: annotate it with what the transform is "
            'for, such as `workload: Deployment`, or decorate the function with `@transform(on="PodSpec")`',
        ),
        (
            [of_nothing],
            "the transform of_nothing (FILE) takes no argument: give it one with what the transform is "
            'for, such as `workload: Deployment`, or decorate the function with `@transform(on="PodSpec")`',
        ),
        (
            [of_a_dict],
            "`workload` of the transform of_a_dict (FILE) is annotated with `dict[str, typing.Any]`: annotate it with "
            "what the transform is for, such as `workload: Deployment`, or decorate the function with "
            '`@transform(on="PodSpec")`',
        ),
        (
            [unresolved],
            "the annotation `Nowhere` of `workload` of the transform unresolved (FILE) cannot be looked up: import the "
            "class at the top of the module, outside of `if TYPE_CHECKING`",
        ),
    ],
)
def test_what_cannot_be_a_transform_is_refused_where_it_is_given(transforms: Any, text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        App("shop", transforms=transforms)

    assert shortened(caught.value) == f"FILE: `transforms` of App: {text}"


def test_transform_that_returns_something_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        shop(transforms=[returns]).synth()

    assert shortened(caught.value) == (
        "FILE: the transform returns (FILE) returned a Deployment: what it is given is changed in place, so it returns "
        "nothing"
    )


def test_type_that_the_api_does_not_have_is_refused_where_it_is_nearly_one() -> None:
    @kpy.transform(on="Containr")
    def near(container: dict[str, Any]) -> None: ...

    with pytest.raises(UsageError) as caught:
        shop(transforms=[near]).synth()
    with pytest.raises(ArgumentError, match="`on` of transform must be the name of a type"):
        kpy.transform(on=5)  # type: ignore[arg-type]

    assert shortened(caught.value) == (
        "FILE: the transform near (FILE) is on 'Containr', which the API does not have; did you mean 'Container'?"
    )


def test_overriding_synth_is_refused() -> None:
    with pytest.raises(UsageError) as caught:

        class AcmeApp(App):
            def synth(self, kubernetes: str | None = None) -> Any:
                return super().synth(kubernetes)

    with pytest.raises(UsageError) as assigned:
        App("shop").synth = print  # type: ignore[assignment,method-assign]

    assert shortened(caught.value) == (
        "FILE: class AcmeApp overrides `synth`, which `kpy synth` and the other commands do not call; what all ways of "
        "synthesis shall apply is a transform: `App(transforms=[...])`"
    )
    assert shortened(assigned.value) == (
        "FILE: `synth` is a method of App; what all ways of synthesis shall apply is a transform, "
        "`App(transforms=[...])`"
    )
