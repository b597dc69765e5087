"""The API group folder `lifecycle`, generated."""
