"""`scale_cdk8s.py APPS CHARTS`: the same in cdk8s for Python; with `--print` its YAML. Run by a Python that has it."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from time import perf_counter

import cdk8s
import cdk8s_plus_33 as plus


def build(charts: int = 1) -> cdk8s.App:
    app = cdk8s.App()
    for number in range(charts):
        chart = cdk8s.Chart(app, f"shop-{number}", namespace=f"shop-{number}")
        config = plus.ConfigMap(chart, "config", data={"LEVEL": "info", "PORT": "8080"})
        api = plus.Deployment(
            chart,
            "api",
            replicas=2,
            containers=[
                plus.ContainerProps(
                    image="ghcr.io/shop/api:v2",
                    ports=[plus.ContainerPort(number=8080, name="http")],
                    env_variables={
                        "LEVEL": plus.EnvValue.from_config_map(config, "LEVEL"),
                        "MODE": plus.EnvValue.from_value("live"),
                    },
                    resources=plus.ContainerResources(
                        cpu=plus.CpuResources(request=plus.Cpu.millis(250), limit=plus.Cpu.units(1)),
                        memory=plus.MemoryResources(request=cdk8s.Size.mebibytes(256), limit=cdk8s.Size.mebibytes(256)),
                    ),
                    liveness=plus.Probe.from_http_get("/healthz", port=8080),
                )
            ],
        )
        api.expose_via_service()
    return app


def main(count: int, charts: int) -> dict[str, float]:
    build().synth_yaml()  # as for kpy: what the first app costs is in the start-up figures
    begin = perf_counter()
    apps = [build(charts) for _ in range(count)]
    built = perf_counter()
    texts = [app.synth_yaml() for app in apps]
    done = perf_counter()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + sum(map(peak, Path("/proc").glob("[0-9]*")))
    return {
        "build": built - begin,
        "emit": done - built,
        "whole": done - begin,
        "bytes": sum(len(text.encode()) for text in texts),
        "memory": used / 1024,
    }


def peak(process: Path) -> int:
    """Return the peak memory of a child of this process in KiB, and nothing for other processes."""
    try:
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    except OSError:
        return 0
    return int(status["VmHWM"].split()[0]) if int(status["PPid"]) == os.getpid() else 0


if __name__ == "__main__":
    if sys.argv[1] == "--print":
        print(build().synth_yaml())
    else:
        print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
