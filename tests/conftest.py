"""What all tests share: the plug-in of `kpy.testing`, which an installed kpy brings, and how laws are tried."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["kpy.testing.plugin", "pytester"]

#: Says the same in every run, on a fast machine and on a busy one. `--hypothesis-profile=search` looks further.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", settings.get_profile("steady"), derandomize=False, max_examples=1000)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _forget_policies_of_tests() -> Iterator[None]:
    """Take back the policies that a test registers, so that no other test meets them."""
    from kpy.checking import policies as policies
    from kpy.checking import registry
    from kpy.checking.policy_runs import load_policies

    load_policies()
    known, by_name = len(registry._POLICIES), dict(policies._POLICIES)
    yield
    del registry._POLICIES[known:]
    policies._POLICIES.clear()
    policies._POLICIES.update(by_name)
