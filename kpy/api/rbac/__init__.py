"""The API group folder `rbac`, generated."""
