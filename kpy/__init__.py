"""Typed Python in, checked Kubernetes YAML out."""
