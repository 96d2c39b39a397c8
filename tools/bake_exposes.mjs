// Write down what Zigbee2MQTT's converters expose of the plugs our tests are about, as JSON files in
// tests/adapters/diffusers/exposes. Only facts that the adapter reads are kept: names, units, ranges.
//
//   node tools/bake_exposes.mjs [version]
//
// It needs Node 20 or newer and npm; the converters go into a folder that is removed again.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const VERSION = process.argv[2] ?? "26.112.0";
const PACKAGE = "zigbee-herdsman-converters";
const TARGET = join(dirname(fileURLToPath(import.meta.url)), "../tests/adapters/diffusers/exposes");
// File, and what the device says of itself over the air: model id and manufacturer's name.
const DEVICES = [
  ["ts011f-plug-1", "TS011F", "_TZ3000_w0qqde0g"],
  ["aqara-sp-euc01", "lumi.plug.maeu01", "LUMI"],
  ["innr-sp-120", "SP 120", "innr"],
  ["ikea-e160x", "TRADFRI control outlet", "IKEA of Sweden"],
  ["ikea-e2007", "STARKVIND Air purifier", "IKEA of Sweden"],
  ["tuya-ts011f-2-gang-power", "TS011F", "_TZ3000_bep7ccew"],
];
const KEPT = [
  "type", "name", "property", "endpoint", "access", "unit", "values", "value_on", "value_off",
  "value_min", "value_max", "value_step",
];

function facts(expose) {
  const kept = Object.fromEntries(KEPT.filter((k) => expose[k] !== undefined).map((k) => [k, expose[k]]));
  if (expose.features !== undefined) kept.features = expose.features.map(facts);
  return kept;
}

// As much of a device as the converters ask to choose a definition.
function deviceOf(modelID, manufacturerName) {
  const endpoint = {
    ID: 1, inputClusters: [], outputClusters: [], binds: [], configuredReportings: [], meta: {},
    supportsInputCluster: () => false, supportsOutputCluster: () => false,
    getInputClusters: () => [], getOutputClusters: () => [],
  };
  const device = {
    type: "Router", modelID, manufacturerName, endpoints: [endpoint], getEndpoint: () => endpoint,
    meta: {}, customClusters: {}, addCustomCluster: () => {},
  };
  endpoint.getDevice = () => device;
  return device;
}

const folder = mkdtempSync(join(tmpdir(), "exposes-"));
try {
  execFileSync(
    "npm",
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix", folder,
      `${PACKAGE}@${VERSION}`],
    { stdio: "inherit" },
  );
  const entry = join(folder, "node_modules", PACKAGE, "dist/index.js");
  const converters = await import(pathToFileURL(entry));
  converters.setLogger({ debug() {}, info() {}, warning: console.warn, error: console.error });
  for (const [name, modelID, manufacturer] of DEVICES) {
    const device = deviceOf(modelID, manufacturer);
    const definition = await converters.findByDevice(device);
    if (definition === undefined) throw new Error(`${PACKAGE} ${VERSION} does not know ${modelID}`);
    const exposes =
      typeof definition.exposes === "function" ? definition.exposes(device, {}) : definition.exposes;
    const record = {
      origin: `${PACKAGE} ${VERSION} from npm (MIT), the definition of “${modelID}” by “${manufacturer}”; `
        + "names, units and ranges only.",
      model_id: modelID,
      manufacturer,
      definition: {
        model: definition.model,
        vendor: definition.vendor,
        description: definition.description,
        exposes: exposes.map(facts),
      },
    };
    writeFileSync(join(TARGET, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
    console.log(`${name}: ${definition.vendor} ${definition.model}, ${exposes.length} exposes`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
