// `node scale_cdk8s.mjs MODULES APPS CHARTS`: the same in cdk8s for TypeScript, as the JavaScript that runs; with
// `--print` for the rest, its YAML. MODULES is the package.json beside the installed packages.
import { createRequire } from "node:module";

const require = createRequire(process.argv[2]);
const cdk8s = require("cdk8s");
const plus = require("cdk8s-plus-34");

function build(charts) {
  const app = new cdk8s.App();
  for (let number = 0; number < charts; number++) {
    const chart = new cdk8s.Chart(app, `shop-${number}`, { namespace: `shop-${number}` });
    const config = new plus.ConfigMap(chart, "config", { data: { LEVEL: "info", PORT: "8080" } });
    const api = new plus.Deployment(chart, "api", {
      replicas: 2,
      containers: [
        {
          image: "ghcr.io/shop/api:v2",
          ports: [{ number: 8080, name: "http" }],
          envVariables: {
            LEVEL: plus.EnvValue.fromConfigMap(config, "LEVEL"),
            MODE: plus.EnvValue.fromValue("live"),
          },
          resources: {
            cpu: { request: plus.Cpu.millis(250), limit: plus.Cpu.units(1) },
            memory: { request: cdk8s.Size.mebibytes(256), limit: cdk8s.Size.mebibytes(256) },
          },
          liveness: plus.Probe.fromHttpGet("/healthz", { port: 8080 }),
        },
      ],
    });
    api.exposeViaService();
  }
  return app;
}

if (process.argv[3] === "--print") {
  console.log(build(1).synthYaml());
} else {
  build(1).synthYaml(); // as for kpy: what the first app costs is in the start-up figures
  const begin = performance.now();
  const apps = Array.from({ length: Number(process.argv[3]) }, () => build(Number(process.argv[4])));
  const built = performance.now();
  const texts = apps.map((app) => app.synthYaml());
  const done = performance.now();
  console.log(
    JSON.stringify({
      build: (built - begin) / 1000,
      emit: (done - built) / 1000,
      whole: (done - begin) / 1000,
      bytes: Buffer.byteLength(texts.join("")),
      memory: process.resourceUsage().maxRSS / 1024,
    }),
  );
}
