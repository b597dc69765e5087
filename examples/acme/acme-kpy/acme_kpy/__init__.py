"""What ACME's platform team gives to all other teams: constructs, an app with the defaults of the house, and rules."""

from acme_kpy.apps import Environment, acme_app
from acme_kpy.database import Database
from acme_kpy.services import Size, WebService, Worker

__all__ = ["Database", "Environment", "Size", "WebService", "Worker", "acme_app"]

#: Findings stand at the lines of whoever uses this package, wherever it is installed.
__kpy_library__ = True
