"""Files and folders as their users mean them: which of them are manifests, and what is known of the others."""

from kpy.inputs.exclusion import Exclusion
from kpy.inputs.intake import Intake

__all__ = ["Exclusion", "Intake"]
