// `feiyan doctor`: why don't I see anybody? Looks at port, interfaces, firewalls, broadcast, reachability from outside, and at what else
// goes wrong on machines; says what to do about each fault. Takes part in the chat for a few seconds, or looks through the running
// instance. The exit code is that of the worst finding.
import { checkFirewalls } from "../../doctor/firewall-check.js";
import { faultFinding, finding, type Finding, type Severity } from "../../doctor/finding.js";
import { checkBroadcast, checkInterfaces, checkReach, listTesters } from "../../doctor/network-check.js";
import { checkStore } from "../../doctor/store-check.js";
import {
  checkClock,
  checkDrops,
  checkFolder,
  checkLocale,
  checkReceiveBuffer,
} from "../../doctor/system-check.js";
import { FeiyanError, readInterfaces, type Node, type Peer, type TapRecord } from "../../index.js";
import { hasText, type TextKey, type TextValues, type Translate } from "../../i18n/catalogue.js";
import { formatByteSize } from "../../tui/text/byte-size.js";
import { createSystemCounters } from "../../lab/counters/linux-counters.js";
import { numberFlag, textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { historyFile } from "../history.js";
import { describeProblem } from "../problem-text.js";
import { findReceivers, ownGroups } from "../find-receivers.js";
import { waitFor, withNode, type UsedNode } from "../session.js";
import { checkTerminal } from "../terminal-abilities.js";

/** Answers to an entry come within a second and a quarter. */
const defaultWaitSeconds = 2.5;

export const doctor = async (context: CommandContext): Promise<number> => {
  const { surroundings, settings, output, text } = context;
  const waitMs = (numberFlag(context, "wait") ?? defaultWaitSeconds) * 1000;
  output.remark(text("cli.doctor.wait", { seconds: Math.ceil(waitMs / 1000) + 2 }));
  const dropsBefore = countDrops();
  const all: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    for (const one of found) print(context, one);
    all.push(...found);
  };
  tell(checkInterfaces(readInterfaces()));
  tell(await checkNode(context, waitMs));
  tell(await checkFirewalls(settings.port === 0 ? 2425 : settings.port));
  tell([
    await checkReceiveBuffer(),
    ...checkDrops(dropsBefore, countDrops()),
    checkLocale(surroundings.environment, settings.charset),
    await checkTerminal(surroundings),
    checkClock(Date.now()),
  ]);
  for (const check of folderChecks) tell(await check(context));
  const count = (severity: Severity): number => all.filter((one) => one.severity === severity).length;
  output.line("");
  output.line(text("cli.doctor.summary", { errors: count("error"), warnings: count("warning") }));
  output.line(conclude(all, text));
  return exitCodeOf(all);
};

const countDrops = (): number | null => createSystemCounters().host()?.receiveBufferErrors ?? null;

type Check = (context: CommandContext) => Promise<readonly Finding[]>;

/** What keeps things on disk. */
const folderChecks: readonly Check[] = [
  async ({ loaded }) => checkFolder("state", loaded.paths.stateDir),
  async ({ loaded }) => checkFolder("data", loaded.paths.dataDir),
  async (context) => await checkStore(historyFile(context), context.settings.history),
];

const exitCodeOf = (all: readonly Finding[]): number => {
  const errors = all.filter(({ severity }) => severity === "error");
  if (errors.some(({ part }) => part === "network")) return exitCodes.unavailable;
  return errors.length > 0 ? exitCodes.ownFault : exitCodes.done;
};

/** Everything that needs the port; a port that is not to be had is a finding itself. */
const checkNode = async (context: CommandContext, waitMs: number): Promise<readonly Finding[]> => {
  const { stop } = context.surroundings;
  try {
    const listeners: ((record: TapRecord) => void)[] = [];
    const tap = (record: TapRecord): void => {
      for (const listener of listeners) listener(record);
    };
    return await withNode(context, { tap }, async (node, used) => {
      const pause = async (ms: number): Promise<void> => {
        await waitFor(node, () => undefined, ms, stop);
      };
      const onDatagram = listeners.push.bind(listeners);
      const found = [portFinding(node, used), ...(await checkBroadcast({ node, onDatagram, pause, waitMs }))];
      const tester = await chooseTester(context, node);
      if (tester === null) return [...found, finding("doctor-no-tester")];
      return [...found, ...(await checkReach(node, tester, pause))];
    });
  } catch (error) {
    if (error instanceof FeiyanError) return [faultFinding(error.code, { ...error.fields })];
    throw error;
  }
};

const portFinding = (node: Node, { attached }: UsedNode): Finding => {
  const port = node.network?.port ?? 0;
  if (attached === null) return finding("doctor-port-free", { port });
  const { pid, program, kind } = attached.instance;
  return finding("doctor-instance", { port, pid, program, kind });
};

const chooseTester = async (context: CommandContext, node: Node): Promise<Peer | null> => {
  const wanted = textFlag(context, "tester");
  if (wanted === undefined) return listTesters(node)[0] ?? null;
  const [receiver] = await findReceivers(
    node,
    [wanted],
    2_000,
    context.surroundings.stop,
    ownGroups(context, [wanted]),
  );
  return receiver !== undefined && "peer" in receiver ? (node.peer(receiver.peer) ?? null) : null;
};

const causesFirst: readonly string[] = ["port-in-use", "doctor-no-network", "doctor-firewall-blocks"];

/** What the whole look comes to, for somebody who only wants to see the others. */
const conclude = (all: readonly Finding[], text: Translate<TextKey>): string => {
  const errors = all.filter(({ severity }) => severity === "error");
  // What has a remedy of its own before what follows from it; a fault of the network before others, as it keeps people away.
  const causes = causesFirst.flatMap((code) => errors.filter((one) => one.code === code));
  const first = causes[0] ?? errors.find(({ part }) => part === "network") ?? errors[0];
  if (first !== undefined) {
    const { text: words, remedy } = describeProblem(first.code, valuesOf(first, text), text);
    return text("cli.doctor.begin", { text: words, remedy });
  }
  const hears = all.some(({ code }) => code === "doctor-peers-heard");
  return text(hears ? "cli.doctor.fine" : "cli.doctor.alone");
};

/** Words of the finding's own that have a name in the user's language. */
const wordOf = (word: string, text: Translate<TextKey>): string => {
  const key = `cli.doctor.word.${word}`;
  return hasText(key) ? text(key) : word;
};

/** Fields as people read them: sizes in bytes with a unit, nothing as nothing. */
const valuesOf = ({ fields }: Finding, text: Translate<TextKey>): TextValues => {
  const words = (["kind", "what"] as const).flatMap((key) => {
    const word = fields[key];
    return typeof word === "string" ? [[key, wordOf(word, text)] as const] : [];
  });
  const kinds = fields["kinds"];
  return {
    ...plainValues(fields),
    ...Object.fromEntries(words),
    ...(Array.isArray(kinds) ? { kinds: kinds.map((kind) => wordOf(String(kind), text)) } : {}),
  };
};

const plainValues = (fields: Finding["fields"]): TextValues =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value === null
        ? "-"
        : key.endsWith("Bytes") && typeof value === "number"
          ? formatByteSize(value)
          : value,
    ]),
  );

const print = ({ output, text }: CommandContext, found: Finding): void => {
  const { code, severity, fields } = found;
  const values = valuesOf(found, text);
  // Where there are no broadcasts there is nothing to say of them.
  const range = typeof fields["broadcast"] === "string" ? text("cli.doctor.range", values) : "";
  const described = describeProblem(code, { ...values, range }, text);
  output.object("finding", { ...described, severity, fields });
  output.line(`${text(`cli.doctor.${severity}`)}  ${described.text}`);
  if (described.remedy !== "" && severity !== "ok") output.line(`      → ${described.remedy}`);
};
