import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLinuxCounters, parseHostCounters } from "../../../src/lab/counters/linux-counters.js";
import { parseBsdNetstat, parseWindowsNetstat } from "../../../src/lab/counters/netstat-counters.js";
import { counted } from "../../../src/lab/counters/system-counters.js";
import { createLabParts } from "../../../src/lab/runner/lab-parts.js";

const udpTable = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 100 2 0000000000000000 7
  101: 00000000:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 101 2 0000000000000000 9
`;
const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 0200000A:C350 08 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: broken
`;
const snmp = `Ip: Forwarding ReasmFails
Ip: 1 3
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors
Udp: 100 4 5 90 11 12 13
`;

// The wording is that of udp_stats in BSD's usr.bin/netstat/inet.c, which macOS has too, plural forms included; the numbers are made up.
const bsd = `udp:
\t123456 datagrams received
\t\t0 with incomplete header
\t\t0 with bad data length field
\t\t1 with bad checksum
\t\t7 with no checksum
\t\t89 dropped due to no socket
\t\t4 broadcast/multicast datagrams undelivered
\t\t12 dropped due to full socket buffers
\t\t0 not for hashed pcb
\t\t123350 delivered
\t4321 datagrams output
`;
// The four counters of MIB_UDPSTATS as the command labels them; Chinese as a Chinese system does.
const windows = `\r
UDP Statistics for IPv4\r
\r
  Datagrams Received    = 66551\r
  No Ports              = 45\r
  Receive Errors        = 6\r
  Datagrams Sent        = 7801\r
`;

describe("counters of the system", () => {
  it("reads Linux's tables, and takes what is not there for not known", () => {
    const root = mkdtempSync(join(tmpdir(), "feiyan-proc-"));
    mkdirSync(join(root, "net"));
    writeFileSync(join(root, "net/udp"), udpTable);
    writeFileSync(join(root, "net/tcp"), tcpTable);
    writeFileSync(join(root, "net/snmp"), snmp);
    const counters = createLinuxCounters(root);
    expect([8_080, 8_081, 9].map((port) => counters.socketDrops(port))).toEqual([7, 9, null]);
    expect(counters.tcpSockets(8_080)).toEqual([
      {
        local: { address: "127.0.0.1", port: 8_080 },
        remote: { address: "10.0.0.2", port: 50_000 },
        state: "CLOSE_WAIT",
      },
    ]);
    expect(counters.host()).toEqual({
      receiveBufferErrors: 11,
      sendBufferErrors: 12,
      checksumErrors: 13,
      noPorts: 4,
      fragmentsFailed: 3,
    });
    expect(counters.bootMark()).toBeNull();
    rmSync(root, { recursive: true });
    expect(parseHostCounters("nonsense")).toBeNull();
  });

  it("reads what netstat tells elsewhere, and guesses nothing", () => {
    const unknown = { sendBufferErrors: null, fragmentsFailed: null };
    expect(parseBsdNetstat(bsd)).toEqual({
      ...unknown,
      receiveBufferErrors: 12,
      checksumErrors: 1,
      noPorts: 89,
    });
    const closed = { ...unknown, receiveBufferErrors: null, checksumErrors: null, noPorts: 45 };
    expect(parseWindowsNetstat(windows)).toEqual(closed);
    expect(parseWindowsNetstat(windows.replace("No Ports   ", "无端口"))).toEqual(closed);
    for (const other of ["", "netstat: not found", "Datagramas sin puerto = 4", bsd.replaceAll(/\d+/gu, "?")])
      expect([parseBsdNetstat(other), parseWindowsNetstat(other)]).toEqual([null, null]);
  });

  it("subtracts nothing that is not known, and nothing to below zero", () => {
    expect([counted(3, 5), counted(5, 3), counted(null, 5), counted(1, undefined)]).toEqual([
      2,
      null,
      null,
      null,
    ]);
  });

  it.runIf(process.platform === "linux")(
    "A6 finds every datagram that its own full buffer dropped",
    async () => {
      const { network, counters } = createLabParts();
      let heard = 0;
      const receiver = await network.open({
        address: "127.0.0.1",
        port: 0,
        receiveBufferBytes: 16 * 1024,
        arrived: () => {
          heard += 1;
        },
        problem: () => undefined,
      });
      const sender = await network.open({
        address: "127.0.0.1",
        port: 0,
        arrived: () => undefined,
        problem: () => undefined,
      });
      // Without a turn of the event loop nobody reads: what does not fit is gone.
      for (let seq = 0; seq < 500; seq += 1) sender.send(new Uint8Array(256), receiver.local);
      // Every one of them is either heard or counted in the end.
      while (heard + (counters.socketDrops(receiver.local.port) ?? 0) < 500) await new Promise(setImmediate);
      const dropped = counters.socketDrops(receiver.local.port);
      expect(heard).toBeLessThan(500);
      expect(heard + dropped!).toBe(500);
      await Promise.all([receiver.close(), sender.close()]);
    },
  );
});
