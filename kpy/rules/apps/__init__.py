"""Rules on Deployments, StatefulSets, DaemonSets, ReplicaSets and their revisions."""
