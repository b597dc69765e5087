"""Clusters, through kubectl: the only place that starts it.

cluster = Cluster(Kubectl(None, context="kind-kind"))
plan = make_plan(cluster, app.synth())
print(plan.comparison.to_text())
Work(cluster, plan, me="ci", tell=print).apply()
"""

from kpy.kubectl.cluster import Cluster
from kpy.kubectl.inventory import Inventory, elsewhere
from kpy.kubectl.plan import Gone, Item, Plan, deletions, find_inventory, make_plan
from kpy.kubectl.readiness import State
from kpy.kubectl.reasons import reasons_for
from kpy.kubectl.records import Apply, Owner
from kpy.kubectl.transport import Answer, Kubectl, Transport
from kpy.kubectl.wait import states_of, wait_for, wait_until_gone
from kpy.kubectl.work import Work
from kpy.objects import Key

__all__ = [
    "Answer",
    "Apply",
    "Cluster",
    "Gone",
    "Inventory",
    "Item",
    "Key",
    "Kubectl",
    "Owner",
    "Plan",
    "State",
    "Transport",
    "Work",
    "deletions",
    "elsewhere",
    "find_inventory",
    "make_plan",
    "reasons_for",
    "states_of",
    "wait_for",
    "wait_until_gone",
]
