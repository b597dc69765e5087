"""The API group folder `discovery`, generated."""
