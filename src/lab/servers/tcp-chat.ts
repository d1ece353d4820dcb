// The chat room server `tcp-chat`: every line a client writes goes to all others with the writer's number in front. Lines are cut
// from the stream by their end, are bounded, and are made harmless before they reach another student's terminal.
import { createTextCodec, safeText, type Charset } from "../../index.js";
import { serverLimits } from "./server-limits.js";
import type { Connection, TcpService } from "./tcp-service.js";

const codec = createTextCodec();

/** A room for one server. */
export function createChatRoom(charset: Charset): TcpService {
  const members = new Map<Connection, Uint8Array>();

  function tell(text: string, except: Connection): void {
    const bytes = codec.encode(`${text}\n`, charset);
    for (const member of members.keys()) if (member !== except) member.send(bytes);
  }

  function say(from: Connection, line: Uint8Array): void {
    const text = safeText(codec.decode(line, charset), { newlines: "space" }).trim();
    if (text !== "") tell(`${from.id}: ${text}`, from);
  }

  return {
    opened: (connection) => {
      members.set(connection, new Uint8Array(0));
      tell(`* ${connection.id} +`, connection);
    },
    arrived: (connection, bytes) => {
      const begun = members.get(connection);
      if (begun === undefined) return;
      let rest: Uint8Array = Buffer.concat([begun, bytes]);
      for (;;) {
        const end = rest.indexOf(0x0a);
        // Somebody who never ends a line is read line by line all the same, so nothing piles up.
        const cut = end >= 0 && end <= serverLimits.lineBytes ? end + 1 : serverLimits.lineBytes;
        if (end < 0 && rest.length < serverLimits.lineBytes) break;
        say(connection, rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      members.set(connection, Uint8Array.from(rest));
    },
    finished: (connection) => {
      const rest = members.get(connection);
      if (rest !== undefined && rest.length > 0) say(connection, rest);
      connection.end();
    },
    closed: (connection) => {
      members.delete(connection);
      tell(`* ${connection.id} -`, connection);
    },
  };
}
