"""Two manifests side by side, by meaning.

    comparison = compare(old, new)        # manifests, or documents
    comparison.counts                     # {"rolling restart": 1, "no change": 6}
    print(comparison.to_text())

Each object is classed by what applying the new manifest over the old one does to a cluster, worst first:

- *data loss*: a claim, a namespace, a custom resource definition, a volume with the reclaim policy Delete, or a
  StatefulSet that takes its claims along goes. A claim whose volume provably stays (its volume or class is beside it
  and says Retain) is an ordinary deletion.
- *refused*: an API server refuses the update of a custom resource, by the schema or a rule of its definition.
- *immutable field changed*: an API server refuses the update; the object must be made anew.
- *outage*: all pods of a workload stop at once: none are wanted, or new ones come under the strategy Recreate.
- *replace*: it takes the place of an object with another name, which is deleted.
- *delete*: it is only in the old manifest.
- *scale down*: there are fewer pods. Where `replicas` goes, the server sets it to 1, unless an autoscaler decides.
- *rolling restart*: the pod template of a Deployment, StatefulSet or DaemonSet changes.
- *update in place*, *create*, *no change*.
"""

from kpy.compare.changes import Change, Comparison
from kpy.compare.comparison import compare
from kpy.compare.differences import Difference
from kpy.compare.effects import EFFECTS, Effect

__all__ = ["EFFECTS", "Change", "Comparison", "Difference", "Effect", "compare"]
