"""Bindings written out: what `Role.bind` and `ClusterRole.bind` make, for roles that live elsewhere."""

from kpy import App, Chart, ClusterRole, ClusterRoleBinding, Group, Role, RoleBinding, ServiceAccount

app = App("kinds")
chart = app.add(Chart("bindings", namespace="demo"))
account = chart.add(ServiceAccount("deployer"))
role = chart.add(Role("deployer").allow(["get", "list", "patch"], "deployments"))
chart.add(RoleBinding("deployer", role=role, subjects=[account]))
chart.add(ClusterRoleBinding("auditors", role=ClusterRole.existing("view"), subjects=[Group("auditors")]))
