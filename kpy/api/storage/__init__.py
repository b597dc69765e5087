"""The API group folder `storage`, generated."""
