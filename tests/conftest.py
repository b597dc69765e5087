"""What all tests share: the plug-in of `kpy.testing`, which an installed kpy brings, and how laws are tried."""

import os

from hypothesis import HealthCheck, settings

#: Every synthesis of the tests, in other processes too, holds the passes to their contracts.
os.environ["KPY_CHECK_PASSES"] = "1"
#: No run takes what another has found, unless a test says where that is.
os.environ["KPY_CACHE_DIR"] = ""

pytest_plugins = ["kpy.testing.plugin", "pytester"]

#: Says the same in every run, on a fast machine and on a busy one. `--hypothesis-profile=search` looks further.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", settings.get_profile("steady"), derandomize=False, max_examples=1000)
settings.load_profile("steady")
