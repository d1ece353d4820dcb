// What a packet must or may be answered with, by the grammar alone: mode, and the argument where it is fixed. Delays, limits and
// who may be answered at all are decided in core. The loop guards stand here: only SENDMSG is acknowledged (iptux sets SENDCHECK
// on its own acknowledgements, vector lab-003), and an automatic answer never is.
import type { CommandName } from "./commands.js";
import { buildImageAck } from "./image/slice.js";
import type { Packet } from "./message.js";
import { hasOption } from "./options.js";

export interface RequiredReply {
  readonly mode: CommandName;
  /** Section 0 of the answer, where the packet fixes it. */
  readonly extra?: string;
  /** Answering is a kindness or a question of policy. */
  readonly optional?: true;
}

type Rule = (packet: Packet) => RequiredReply | null;

/** What each command is answered with; commands without a row get no answer. */
const rules: Readonly<Record<string, Rule>> = {
  BR_ENTRY: () => ({ mode: "ANSENTRY" }),
  SENDMSG: acknowledgement,
  // Feige opens no TCP connection before this is acknowledged (vector feige-007).
  FEIGE_CHECKMAC: acknowledgement,
  READMSG: readAnswer,
  GETINFO: (packet) => kindness(packet, "SENDINFO"),
  GETABSENCEINFO: (packet) => kindness(packet, "SENDABSENCEINFO"),
  GETPUBKEY: () => ({ mode: "ANSPUBKEY" }),
  BR_ISGETLIST2: () => ({ mode: "OKGETLIST", optional: true }),
  OKGETLIST: () => ({ mode: "GETLIST", optional: true }),
  GETLIST: () => ({ mode: "ANSLIST", optional: true }),
  FEIQ_OPENCHAT: () => ({ mode: "FEIQ_OPENCHAT_ACK" }),
  FEIQ_SHAKE: () => ({ mode: "FEIQ_SHAKE_ACK" }),
  FEIQ_IMAGE_SLICE: sliceAnswer,
} satisfies Partial<Record<CommandName, Rule>>;

/** The answer a packet calls for; null for none. */
export function requiredReply(packet: Packet): RequiredReply | null {
  return rules[packet.modeName]?.(packet) ?? null;
}

function acknowledgement({ command, packetNo }: Packet): RequiredReply | null {
  const isWanted = hasOption(command, "SENDCHECKOPT");
  return isWanted && !hasOption(command, "AUTORETOPT") && !hasOption(command, "BROADCASTOPT")
    ? { mode: "RECVMSG", extra: packetNo }
    : null;
}

/** Carries the number of the READMSG itself, not the one of the message (vector msg-015). */
function readAnswer({ command, packetNo }: Packet): RequiredReply | null {
  const isWanted = hasOption(command, "READCHECKOPT") && !hasOption(command, "AUTORETOPT");
  return isWanted ? { mode: "ANSREADMSG", extra: packetNo } : null;
}

/** To an automatic question the answer is optional, and given once at most (vector msg-022). */
function kindness({ command }: Packet, mode: CommandName): RequiredReply {
  return hasOption(command, "AUTORETOPT") ? { mode, optional: true } : { mode };
}

function sliceAnswer({ body }: Packet): RequiredReply | null {
  const slice = body.kind === "image-slice" ? body.slice : null;
  return slice === null ? null : { mode: "FEIQ_IMAGE_ACK", extra: buildImageAck(slice) };
}
