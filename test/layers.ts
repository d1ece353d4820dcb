// Who may import whom (docs/architecture.md section 5), once, as data: the architecture test reads it.

export interface Layer {
  /** Other source folders or root files. */
  readonly sources: readonly string[];
  /** Modules of Node, without `node:`. */
  readonly node: readonly string[];
  /** Packages. */
  readonly packages: readonly string[];
}

const entries = ["index.ts", "light.ts", "protocol.ts", "testing.ts", "create-node.ts", "version.ts"];
const wiring: Layer = {
  sources: [
    "protocol",
    "core",
    "ports",
    "node",
    "charset",
    "net",
    "files",
    "history",
    "crypto",
    "pictures",
    ...entries,
  ],
  node: ["os"],
  packages: [],
};

export const layers: Readonly<Record<string, Layer>> = {
  protocol: { sources: [], node: [], packages: [] },
  core: { sources: ["protocol", "ports"], node: [], packages: [] },
  ports: { sources: ["protocol", "core"], node: [], packages: [] },
  node: { sources: ["protocol", "core", "ports"], node: [], packages: [] },
  charset: { sources: ["protocol", "ports"], node: ["buffer"], packages: ["iconv-lite"] },
  net: { sources: ["ports"], node: ["dgram", "net", "os", "fs", "events", "timers"], packages: [] },
  files: { sources: ["ports"], node: ["fs", "path", "stream", "crypto", "worker_threads"], packages: [] },
  history: {
    sources: ["ports", "core", "protocol"],
    // node:sqlite is asked for at run time only, as not every Node has it.
    node: ["fs", "path", "worker_threads"],
    packages: ["@photostructure/sqlite"],
  },
  crypto: {
    sources: ["protocol", "ports"],
    node: ["crypto", "fs", "path", "worker_threads"],
    packages: ["egoroof-blowfish"],
  },
  // fs to read a picture, worker_threads as decoding takes seconds and memory.
  pictures: { sources: ["ports"], node: ["fs", "path", "worker_threads"], packages: ["pngjs", "jpeg-js"] },
  config: { sources: [], node: ["fs", "os", "path"], packages: ["smol-toml", "valibot", "env-paths"] },
  i18n: { sources: [], node: [], packages: [] },
  "create-node.ts": wiring,
  "index.ts": wiring,
  "protocol.ts": wiring,
  "testing.ts": wiring,
  // What opens nothing, for commands that only ask a running instance (docs/decisions/0005).
  "light.ts": {
    sources: ["protocol", "core", "ports", "node", "charset", "net", "version.ts"],
    node: [],
    packages: [],
  },
  "version.ts": { sources: [], node: [], packages: [] },
  lab: {
    sources: [...entries, "i18n"],
    node: [
      "child_process",
      "worker_threads",
      "net",
      "http",
      "fs",
      "path",
      "crypto",
      "dgram",
      "os",
      "perf_hooks",
      "zlib",
    ],
    packages: [],
  },
  sim: { sources: [...entries, "i18n"], node: [], packages: [] },
  // crypto: the key of the control socket.
  control: { sources: entries, node: ["net", "fs", "path", "crypto"], packages: [] },
  // dgram for the receive buffer the system grants; child_process for the tools of firewalls.
  doctor: { sources: entries, node: ["child_process", "dgram", "fs", "path"], packages: [] },
  tui: {
    sources: ["index.ts", "protocol.ts", "lab", "i18n", "config"],
    // Theme files only.
    node: ["fs"],
    packages: ["get-east-asian-width", "pinyin-pro"],
  },
  "tui/paint": { sources: ["tui"], node: ["fs", "stream", "events", "module"], packages: ["neo-blessed"] },
  cli: {
    sources: [...entries, "tui", "lab", "sim", "control", "doctor", "config", "i18n"],
    // module, v8 and vm are load-program.ts's, which starts the bundle.
    node: ["process", "util", "path", "fs", "os", "child_process", "readline", "module", "v8", "vm"],
    packages: ["commander", "get-east-asian-width", "pino"],
  },
  types: { sources: [], node: [], packages: ["blessed"] },
};

/** Folders that compile without Node and must not look at the clock or roll dice. */
export const pureFolders = ["protocol", "core", "ports"];
