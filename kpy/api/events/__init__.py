"""The API group folder `events`, generated."""
