"""Tests against a real API server; `make test-cluster` gets one and runs them."""
