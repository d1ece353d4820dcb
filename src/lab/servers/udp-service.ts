// The UDP servers `echo` and `upper`: every datagram is answered to where it came from, never with more bytes than it had, to
// local addresses only, and so many a second per source. Called by `lab-server`.
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Charset, Endpoint } from "../../index.js";
import { isLabAddress } from "../address.js";
import { toListenError } from "./listen-place.js";
import type { LabServer, ServerListener } from "./server-event.js";
import { serverLimits } from "./server-limits.js";
import { createUpperBytes } from "./upper-bytes.js";

export interface UdpServiceOptions {
  readonly listen: Endpoint;
  readonly answer: "echo" | "upper";
  readonly charset: Charset;
  readonly listener: ServerListener;
  readonly nowMs?: () => number;
}

/** Opens it; rejects with a FeiyanError when the port cannot be had. */
export async function openUdpService(options: UdpServiceOptions): Promise<LabServer> {
  const { listen, listener, charset, answer } = options;
  const isAllowed = createAnswerRate(options.nowMs ?? (() => performance.now()));
  const socket = createSocket({
    type: isIPv6(listen.address) ? "udp6" : "udp4",
    lookup: (hostname, _options, give) => give(null, hostname, isIPv6(hostname) ? 6 : 4),
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.close();
      reject(toListenError(error, listen));
    };
    socket.once("error", fail);
    socket.bind({ ...listen, exclusive: true }, () => {
      socket.off("error", fail);
      resolve();
    });
  });
  const local = { address: socket.address().address, port: socket.address().port };
  socket.on("error", (error) => listener({ kind: "problem", code: codeOf(error), remote: null }));
  socket.on("message", (bytes, { address, port }) => {
    const remote = { address, port };
    if (!isLabAddress(address, "lan") || port === 0) {
      listener({ kind: "refused", remote, reason: "address" });
      return;
    }
    listener({ kind: "bytes", direction: "in", connection: null, remote, bytes });
    if (!isAllowed(address)) {
      listener({ kind: "refused", remote, reason: "rate" });
      return;
    }
    const out = answer === "echo" ? Uint8Array.from(bytes) : createUpperBytes(charset)(bytes);
    socket.send(out, port, address, (error) => {
      if (error === null) listener({ kind: "bytes", direction: "out", connection: null, remote, bytes: out });
      else listener({ kind: "problem", code: codeOf(error), remote });
    });
  });
  return {
    local,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** So many answers per address and second; the addresses remembered are bounded too. */
function createAnswerRate(nowMs: () => number): (address: string) => boolean {
  let second = 0;
  let counts = new Map<string, number>();
  return (address) => {
    const now = Math.floor(nowMs() / 1_000);
    if (now !== second) {
      second = now;
      counts = new Map();
    }
    const count = (counts.get(address) ?? 0) + 1;
    if (count === 1 && counts.size >= serverLimits.sources) return false;
    counts.set(address, count);
    return count <= serverLimits.answersPerSecond;
  };
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "unknown";
}
