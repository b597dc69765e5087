"""The API group folder `apps`, generated."""
