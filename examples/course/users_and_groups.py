"""What people may do: developers in one namespace, operators in the whole cluster."""

from kpy import App, Chart, ClusterRole, Group, Role, User

app = App("course")
chart = app.add(Chart("users-and-groups", namespace="demo"))
developer = chart.add(
    Role("developer")
    .allow(["get", "list", "watch"], ["pods", "pods/log", "services"])
    .allow(["get", "list", "watch", "create", "update", "delete"], "deployments")
)
chart.add(developer.bind(User("jane@example.com"), Group("developers")))
operator = chart.add(ClusterRole("node-operator").allow(["get", "list", "patch"], "nodes"))
chart.add(operator.bind(Group("operators")))
chart.add(ClusterRole.existing("view").bind_in_namespace(Group("auditors"), name="auditors"))
