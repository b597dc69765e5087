"""Names of other objects in custom resources."""

from __future__ import annotations

from kpy.checking.object_set import Objects, SetCheck, check_on_all

__all__: list[str] = []


@check_on_all()
def follow_custom_names(objects: Objects, check: SetCheck) -> None:
    """Follow every name of another object in a custom resource; what that needs is imported where there is one."""
    groups = objects.api.groups
    members = [each for each in objects if each.known is None and "." in each.group and each.group not in groups]
    if members:
        from kpy.rules.references.custom_following import follow_all

        follow_all(objects, check, members)
