"""wire: what resources say to each other, and what charts and apps say to them."""

from __future__ import annotations

from kpy.pipeline.draft import Draft
from kpy.pipeline.transform import steps_of
from kpy.pipeline.wiring.content import follow_content
from kpy.pipeline.wiring.defaults import fill_defaults
from kpy.pipeline.wiring.inheritance import inherit
from kpy.pipeline.wiring.moving import follow_moves
from kpy.pipeline.wiring.ownership import name_namespaces, remember_names, yield_replicas
from kpy.pipeline.wiring.patches import patch
from kpy.pipeline.wiring.reach import reach
from kpy.pipeline.wiring.security import secure
from kpy.pipeline.wiring.selection import select, select_by_labels
from kpy.pipeline.wiring.volumes import mount

__all__ = ["wire"]


def transform(draft: Draft) -> None:
    """Apply the transforms over types of the API, where there are any."""
    if any(scoped.step.on for scoped in steps_of(draft)):
        from kpy.pipeline.wiring.transforms import transform_objects

        transform_objects(draft)


def use_others(draft: Draft) -> None:
    """Find the objects of other apps that are named here."""
    if any(draft.of(target) is None for each in draft.resources for _, _, target in draft.links(each).targets):
        from kpy.pipeline.outside import borrow

        borrow(draft, wire)


_STEPS = (
    select,
    mount,
    inherit,
    follow_moves,
    use_others,
    select_by_labels,
    name_namespaces,
    reach,
    yield_replicas,
    fill_defaults,
    secure,
    transform,
    follow_content,
    patch,
    remember_names,
)


def wire(draft: Draft) -> None:
    """Connect the resources: selectors, volumes, namespaces and labels, defaults, content hashes, patches."""
    for step in _STEPS:
        step(draft)
