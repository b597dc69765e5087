"""The API group folder `resource`, generated."""
