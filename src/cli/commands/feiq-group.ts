// `feiyan group join` and `leave`: the FeiQ groups that we belong to, by number. Told to the running instance; without one it is written
// down for the next start. Also their part of `feiyan group list`.
import {
  FeiyanError,
  isGroupNumber,
  readFeiqGroups,
  roomIdOf,
  safeText,
  writeFeiqGroups,
  type Room,
} from "../../index.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { roomFields } from "../json.js";
import { findInstance } from "../session.js";

const numberOf = ({ args }: CommandContext): string => {
  const number = (args[0] ?? "").replace(/^group:/u, "").trim();
  if (!isGroupNumber(number))
    throw new FeiyanError("group-invalid", "not the number of a group", { group: args[0] ?? "" });
  return number;
};

/** Those of the settings and those joined by command. */
const keptNumbers = ({ loaded, settings }: CommandContext): readonly string[] => [
  ...new Set([...settings.feiqGroups, ...readFeiqGroups(loaded.paths.stateDir)].filter(isGroupNumber)),
];

const keptRoom = (number: string): Room => ({
  id: roomIdOf(number),
  number,
  joined: true,
  members: [],
  unread: 0,
});

const print = (
  { output, text }: CommandContext,
  room: Room,
  known: Parameters<typeof roomFields>[1],
): void => {
  output.object("feiqGroup", roomFields(room, known));
  const members = room.members.map(({ name }) => safeText(name, { newlines: "space" })).join(", ");
  output.line(
    `${room.id}  ${text(room.joined ? "cli.group.joined" : "cli.group.heard")}  ${members}`.trimEnd(),
  );
};

const nobody = { peer: () => undefined };

/** Of the running instance also those that were merely heard, and who is in them. */
export const printFeiqGroups = async (context: CommandContext): Promise<void> => {
  const attached = await findInstance(context, { events: false });
  if (attached === null) {
    for (const number of keptNumbers(context)) print(context, keptRoom(number), nobody);
    return;
  }
  try {
    const rooms = attached.node.rooms().toSorted((a, b) => Number(b.joined) - Number(a.joined));
    for (const room of rooms) print(context, room, attached.node);
  } finally {
    await attached.node.close();
  }
};

export const joinFeiqGroup = async (context: CommandContext): Promise<number> => {
  const number = numberOf(context);
  const { stateDir } = context.loaded.paths;
  const attached = await findInstance(context, { events: false });
  if (attached === null) {
    const kept = readFeiqGroups(stateDir);
    if (!keptNumbers(context).includes(number)) writeFeiqGroups(stateDir, [...kept, number]);
  } else {
    try {
      await attached.node.joinGroup(number);
    } finally {
      await attached.node.close();
    }
  }
  print(context, keptRoom(number), nobody);
  return exitCodes.done;
};

export const leaveFeiqGroup = async (context: CommandContext): Promise<number> => {
  const number = numberOf(context);
  const { stateDir } = context.loaded.paths;
  const attached = await findInstance(context, { events: false });
  if (attached === null) {
    const kept = readFeiqGroups(stateDir);
    // One of the settings would be joined again at the next start: said, and not pretended.
    if (!kept.includes(number)) throw new FeiyanError("not-in-group", "not in that group", { group: number });
    writeFeiqGroups(
      stateDir,
      kept.filter((one) => one !== number),
    );
    return exitCodes.done;
  }
  try {
    await attached.node.leaveGroup(number);
    return exitCodes.done;
  } finally {
    await attached.node.close();
  }
};
