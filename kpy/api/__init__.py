"""The whole Kubernetes API as typed models, generated; paths mirror `k8s.io/api`."""
