// Option bits (upper 24 bits of the command word) by class of command: the same bit is ABSENCE in an entry and SENDCHECK in a
// message (vector core-015). Names as in the protocol header file without its IPMSG_ prefix. Also what an entry announces.
//
//   288 = 0x120 = SENDMSG | SENDCHECKOPT          6291457 = 0x600001 = BR_ENTRY | FILEATTACHOPT | ENCRYPTOPT
import type { CommandClass } from "./commands.js";

/** Option bits by name. */
export const optionBits = {
  // Entries.
  ABSENCEOPT: 0x100,
  SERVEROPT: 0x200,
  CAPFILEENC_OBSLT: 0x1000,
  DIALUPOPT: 0x10000,
  CAPFILEENCOPT: 0x40000,
  // Messages.
  SENDCHECKOPT: 0x100,
  SECRETOPT: 0x200,
  BROADCASTOPT: 0x400,
  MULTICASTOPT: 0x800,
  NOPOPUPOPT: 0x1000,
  AUTORETOPT: 0x2000,
  RETRYOPT: 0x4000,
  PASSWORDOPT: 0x8000,
  NOLOGOPT: 0x20000,
  NEWMULTI_OBSLT: 0x40000,
  NOADDLISTOPT: 0x80000,
  READCHECKOPT: 0x100000,
  // File requests.
  ENCFILE_OBSLT: 0x400,
  ENCFILEOPT: 0x800,
  // All commands.
  FILEATTACHOPT: 0x200000,
  ENCRYPTOPT: 0x400000,
  UTF8OPT: 0x800000,
  CAPUTF8OPT: 0x1000000,
  CAPIPDICTOPT: 0x2000000,
  ENCEXTMSGOPT: 0x4000000,
  CLIPBOARDOPT: 0x8000000,
  DIR_MASTER: 0x10000000,
} as const;

export type OptionName = keyof typeof optionBits;

const everywhere: readonly OptionName[] = [
  "FILEATTACHOPT",
  "ENCRYPTOPT",
  "UTF8OPT",
  "CAPUTF8OPT",
  "CAPIPDICTOPT",
  "ENCEXTMSGOPT",
  "CLIPBOARDOPT",
  "DIR_MASTER",
];
const inEntries: readonly OptionName[] = [
  "ABSENCEOPT",
  "SERVEROPT",
  "CAPFILEENC_OBSLT",
  "DIALUPOPT",
  "CAPFILEENCOPT",
  ...everywhere,
];
const inMessages: readonly OptionName[] = [
  "SENDCHECKOPT",
  "SECRETOPT",
  "BROADCASTOPT",
  "MULTICASTOPT",
  "NOPOPUPOPT",
  "AUTORETOPT",
  "RETRYOPT",
  "PASSWORDOPT",
  "NOLOGOPT",
  "NEWMULTI_OBSLT",
  "NOADDLISTOPT",
  "READCHECKOPT",
  ...everywhere,
];
const inFileRequests: readonly OptionName[] = ["ENCFILE_OBSLT", "ENCFILEOPT", ...everywhere];

interface OptionTable {
  readonly rows: readonly { readonly name: OptionName; readonly bit: number }[];
  readonly known: number;
}

function tableOf(names: readonly OptionName[]): OptionTable {
  const rows = names.map((name) => ({ name, bit: optionBits[name] }));
  return { rows, known: rows.reduce((all, { bit }) => all | bit, 0) };
}

const entryTable = tableOf(inEntries);
const messageTable = tableOf(inMessages);
const fileTable = tableOf(inFileRequests);

function tableFor(commandClass: CommandClass): OptionTable {
  if (commandClass === "entry") return entryTable;
  return commandClass === "file" ? fileTable : messageTable;
}

/** Names of the bits of `command` that mean something in a command of this class, lowest bit first. */
export function optionNames(command: number, commandClass: CommandClass): OptionName[] {
  const { rows, known } = tableFor(commandClass);
  const found: OptionName[] = [];
  if ((command & known) === 0) return found;
  for (const { name, bit } of rows) if ((command & bit) !== 0) found.push(name);
  return found;
}

/** Option bits of `command` without a meaning in a command of this class (iptux SHARED, Feige's 0x400 in entries). */
export function unknownOptionBits(command: number, commandClass: CommandClass): number {
  return (command & 0xffffff00 & ~tableFor(commandClass).known) >>> 0;
}

/** True when the named bit is set; the caller knows that it means this in the command at hand. */
export function hasOption(command: number, name: OptionName): boolean {
  return (command & optionBits[name]) !== 0;
}

/** What an entry says its sender can do or is. */
export type Capability =
  | "absent"
  | "server"
  | "dialup"
  | "filenc"
  | "files"
  | "encrypt"
  | "utf8"
  | "ipdict"
  | "encext"
  | "clipboard"
  | "master";

const capabilityBits: readonly (readonly [number, Capability])[] = [
  [optionBits.ABSENCEOPT, "absent"],
  [optionBits.SERVEROPT, "server"],
  [optionBits.DIALUPOPT, "dialup"],
  [optionBits.CAPFILEENCOPT, "filenc"],
  [optionBits.FILEATTACHOPT, "files"],
  [optionBits.ENCRYPTOPT, "encrypt"],
  [optionBits.CAPUTF8OPT, "utf8"],
  [optionBits.CAPIPDICTOPT, "ipdict"],
  [optionBits.ENCEXTMSGOPT, "encext"],
  [optionBits.CLIPBOARDOPT, "clipboard"],
  [optionBits.DIR_MASTER, "master"],
];

/**
 * The capabilities in the command word of an entry (BR_ENTRY, ANSENTRY, BR_ABSENCE, or the status of a host list entry).
 *
 * @example
 * capabilitiesOf(0x1600001) // ["files", "encrypt", "utf8"]
 */
export function capabilitiesOf(command: number): readonly Capability[] {
  return capabilityBits.filter(([bit]) => (command & bit) !== 0).map(([, capability]) => capability);
}

/** The other way: the bits of these capabilities, names that are none left out. */
export function capabilityWord(capabilities: readonly string[]): number {
  return (
    capabilityBits.reduce((word, [bit, name]) => (capabilities.includes(name) ? word | bit : word), 0) >>> 0
  );
}
