"""Clusters, through kubectl: the only place that starts it.

cluster = Cluster(Kubectl(None, context="kind-kind"))
plan = make_plan(cluster, app.synth())
print(plan.comparison.to_text())
Work(cluster, plan, me="ci", tell=print).apply()
"""

from kpy.kubectl.cluster import Cluster
from kpy.kubectl.plan import Gone, Item, Plan, make_plan
from kpy.kubectl.transport import Answer, Kubectl, Transport
from kpy.kubectl.work import Work

__all__ = ["Answer", "Cluster", "Gone", "Item", "Kubectl", "Plan", "Transport", "Work", "make_plan"]
