"""The API group folder `autoscaling`, generated."""
