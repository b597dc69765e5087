"""Who may talk to a database, and whom it may talk to."""

from kpy import App, Chart, NetworkPolicy
from kpy.api.meta.v1 import LabelSelector
from kpy.api.networking.v1 import IPBlock, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort

app = App("course")
chart = app.add(Chart("network-policy"))
office = IPBlock(cidr="172.17.0.0/16", except_=["172.17.1.0/24"])
policy = NetworkPolicy(
    "db-policy",
    target={"role": "db"},
    waive={
        "network-policy-selects-no-pod": "another app makes the database",
        "peer-selects-no-pod": "another app makes the front end",
    },
    ingress=[
        NetworkPolicyIngressRule(
            from_=[
                NetworkPolicyPeer(ip_block=office),
                NetworkPolicyPeer(namespace_selector=LabelSelector(match_labels={"project": "myproject"})),
                NetworkPolicyPeer(pod_selector=LabelSelector(match_labels={"role": "frontend"})),
            ],
            ports=[NetworkPolicyPort(protocol="TCP", port=6379)],
        )
    ],
)
policy.allow_to_cidr("10.0.0.0/24", ports=[5978])
chart.add(policy)
