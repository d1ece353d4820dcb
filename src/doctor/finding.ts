// What `doctor` can find, as data: stable codes (docs/errors.md), how bad each is, and values for its text. Types and the list only.

/** Severity and part of each finding. A fault of the network ends `doctor` with 5, any other with 1. */
export const findingTable = {
  "doctor-instance": ["ok", "network"],
  "doctor-port-free": ["ok", "network"],
  "doctor-interface": ["ok", "network"],
  "doctor-no-network": ["error", "network"],
  "doctor-only-virtual": ["warning", "network"],
  "doctor-broadcast-heard": ["ok", "network"],
  "doctor-broadcast-silent": ["error", "network"],
  "doctor-peers-heard": ["ok", "network"],
  "doctor-nobody": ["warning", "network"],
  "doctor-reach-udp": ["ok", "network"],
  "doctor-reach-udp-blocked": ["error", "network"],
  "doctor-reach-tcp": ["ok", "network"],
  "doctor-reach-tcp-blocked": ["error", "network"],
  "doctor-no-tester": ["warning", "network"],
  "doctor-tester-silent": ["warning", "network"],
  "doctor-firewall-none": ["ok", "network"],
  "doctor-firewall-open": ["ok", "network"],
  "doctor-firewall-blocks": ["error", "network"],
  "doctor-firewall-unknown": ["warning", "network"],
  "doctor-firewall-hidden": ["ok", "network"],
  "doctor-buffer": ["ok", "system"],
  "doctor-buffer-small": ["warning", "system"],
  "doctor-drops": ["warning", "system"],
  "doctor-no-drops": ["ok", "system"],
  "doctor-locale": ["ok", "system"],
  "doctor-locale-not-utf8": ["warning", "system"],
  "doctor-terminal": ["ok", "system"],
  "doctor-no-terminal": ["ok", "system"],
  "doctor-terminal-poor": ["warning", "system"],
  "doctor-clock": ["ok", "system"],
  "doctor-clock-off": ["warning", "system"],
  "doctor-folder": ["ok", "system"],
  "doctor-folder-unwritable": ["error", "system"],
  "doctor-disk-low": ["warning", "system"],
  "doctor-store": ["ok", "system"],
  "doctor-store-none": ["ok", "system"],
  "doctor-store-off": ["ok", "system"],
  "doctor-store-recovered": ["warning", "system"],
  "doctor-store-faults": ["error", "system"],
} as const satisfies Readonly<Record<string, readonly [Severity, "network" | "system"]>>;

export type Severity = "ok" | "warning" | "error";

export type FindingCode = keyof typeof findingTable;

export const findingCodes: readonly FindingCode[] = Object.keys(findingTable).filter(
  (code): code is FindingCode => code in findingTable,
);

export type FindingFields = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

/** One finding. `code` may also be an error of the node or of the history, such as `port-in-use`. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly part: "network" | "system";
  readonly fields: FindingFields;
}

export function finding(code: FindingCode, fields: FindingFields = {}): Finding {
  const [severity, part] = findingTable[code];
  return { code, severity, part, fields };
}

/** An error of the node, or (`system`) of the history, as a finding. */
export function faultFinding(
  code: string,
  fields: FindingFields,
  part: Finding["part"] = "network",
): Finding {
  return { code, severity: "error", part, fields };
}
