// What `firewall-cmd` prints, read for one port, and the command that opens it. Each interface belongs to a zone, so that the default zone
// alone says nothing: those count that have an interface of this machine's networks. Reads text; runs nothing.
import { isInPortList, off, unreadable, type Answered, type FirewallState } from "./answers.js";
import { interfaceKindOf, isVirtual } from "./interface-kind.js";
import type { Verdict } from "./packet-filter.js";

interface Zone {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

type Answers = readonly (Answered | undefined)[];

/** Answers to `--state`, `--get-default-zone` and `--list-all-zones`. */
export function readFirewalld(answers: Answers, port: number): FirewallState {
  const [state, , list] = answers;
  if (state === undefined || state.code === null) return off;
  const said = state.stdout + state.stderr;
  // It is reached by the system bus; without one it cannot run.
  if (/^not running/m.test(said) || /system_bus_socket: No such file/.test(said)) return off;
  if (list === undefined || list.code !== 0) return unreadable(list ?? state);
  const zones = zonesThatCount(answers);
  if (zones.length === 0) return unreadable(list);
  const verdictOf = (protocol: string): Verdict => {
    const verdicts = zones.map((zone) => judgeZone(zone, protocol, port));
    if (verdicts.includes("blocked")) return "blocked";
    return verdicts.includes("unknown") ? "unknown" : "open";
  };
  return { kind: "on", udp: verdictOf("udp"), tcp: verdictOf("tcp") };
}

export function allowFirewalld(port: number, answers: Answers): string {
  const closed = zonesThatCount(answers).filter((zone) =>
    ["udp", "tcp"].some((protocol) => judgeZone(zone, protocol, port) !== "open"),
  );
  const names = closed.length === 0 ? [""] : closed.map(({ name }) => ` --zone=${name}`);
  return [
    ...names.map(
      (zone) => `sudo firewall-cmd --permanent${zone} --add-port=${port}/udp --add-port=${port}/tcp`,
    ),
    "sudo firewall-cmd --reload",
  ].join(" && ");
}

/** Zones with interfaces that others can come in by; the default zone where none is named. */
function zonesThatCount([, standard, list]: Answers): readonly Zone[] {
  const zones = zonesIn(list?.stdout ?? "");
  const withInterfaces = zones.filter(({ values }) =>
    wordsOf(values.get("interfaces")).some((name) => !isVirtual(interfaceKindOf(name, "", false))),
  );
  const name = standard?.stdout.trim();
  return withInterfaces.length > 0 ? withInterfaces : zones.filter((zone) => zone.name === name);
}

/** Blocks of `name (active)` and indented `key: value`; rich rules follow their key, one to a line. */
function zonesIn(output: string): readonly Zone[] {
  const zones: { readonly name: string; readonly values: Map<string, string> }[] = [];
  let key = "";
  for (const line of output.split("\n")) {
    const header = /^([^\s(]+)(?: \([^)]*\))?$/.exec(line);
    const pair = /^ {2}([a-z][a-z -]*):(.*)$/.exec(line);
    const values = zones.at(-1)?.values;
    if (header !== null) zones.push({ name: header[1] ?? "", values: new Map() });
    else if (pair !== null) {
      key = pair[1] ?? "";
      values?.set(key, (pair[2] ?? "").trim());
    } else if (line.trim() !== "") values?.set(key, `${values.get(key) ?? ""} ${line.trim()}`.trim());
  }
  return zones;
}

function judgeZone({ values }: Zone, protocol: string, port: number): Verdict {
  if (values.get("target") === "ACCEPT") return "open";
  const isOpen =
    wordsOf(values.get("protocols")).includes(protocol) ||
    wordsOf(values.get("ports")).some((entry) => {
      const [ports = "", of] = entry.split("/");
      return of === protocol && isInPortList(ports, port);
    });
  if (isOpen) return "open";
  // Rules of many forms, for some senders as a rule.
  return (values.get("rich rules") ?? "") === "" ? "blocked" : "unknown";
}

function wordsOf(value: string | undefined): readonly string[] {
  return (value ?? "").split(/\s+/).filter((word) => word !== "");
}
