"""Rules on Ingresses, NetworkPolicies and ranges of Services."""
