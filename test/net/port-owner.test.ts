import { type AddressInfo } from "node:net";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPortOwner } from "../../src/net/port-owner.js";

const header =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";

function row(address: string, inode: number): string {
  return ` 101: ${address} 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 2 0000000000000000 0\n`;
}

describe("in a made-up /proc", () => {
  let root = "";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "feiyan-owner-"));
    mkdirSync(join(root, "net"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function addProcess(pid: string, inodes: number[], cmdline: string, comm = ""): void {
    mkdirSync(join(root, pid, "fd"), { recursive: true });
    symlinkSync("/dev/null", join(root, pid, "fd", "0"));
    for (const [index, inode] of inodes.entries())
      symlinkSync(`socket:[${inode}]`, join(root, pid, "fd", String(index + 3)));
    writeFileSync(join(root, pid, "cmdline"), cmdline);
    writeFileSync(join(root, pid, "comm"), comm);
  }

  function addTable(name: string, rows: string): void {
    writeFileSync(join(root, "net", name), header + rows);
  }

  it("finds pid and program through the socket's number", async () => {
    addTable("udp", row("00000000:0979", 555) + row("0100007F:0035", 556));
    addProcess("self", [], "");
    addProcess("10", [556], "/usr/sbin/dnsmasq\0-k\0");
    addProcess("20", [999, 555], "/usr/bin/iptux\0--quiet\0");
    expect(await findPortOwner(2_425, root)).toEqual({ port: 2_425, pid: 20, program: "iptux" });
    expect(await findPortOwner(53, root)).toEqual({ port: 53, pid: 10, program: "dnsmasq" });
  });

  it("looks at IPv6 too", async () => {
    addTable("udp6", row("00000000000000000000000000000000:0979", 7));
    addProcess("5", [7], "qipmsg\0");
    expect(await findPortOwner(2_425, root)).toMatchObject({ pid: 5, program: "qipmsg" });
  });

  it.each([
    ["/usr/bin/node\0/opt/feiyan/feiyan.js\0chat\0", "", "node feiyan.js"],
    ["node\0-e\0require('dgram')\0", "", "node"],
    ["python3.11\0/srv/peer.py\0", "", "python3.11 peer.py"],
    ["", "kworker\n", "kworker"],
    ["/x/evil\u001b[31m\nname\0", "", "evil[31mname"],
  ])("names %j %j as %j", async (cmdline, comm, program) => {
    addTable("udp", row("00000000:0979", 1));
    addProcess("1", [1], cmdline, comm);
    expect(await findPortOwner(2_425, root)).toEqual({ port: 2_425, pid: 1, program });
  });

  it("knows only the port when the process is another user's", async () => {
    addTable("udp", row("00000000:0979", 1));
    expect(await findPortOwner(2_425, root)).toEqual({ port: 2_425 });
  });

  it("is null when nobody has it, or there are no tables", async () => {
    expect(await findPortOwner(2_425, root)).toBeNull();
    addTable("udp", row("00000000:097A", 1) + row("00000000:0979", 0) + "broken\n");
    expect(await findPortOwner(2_425, root)).toBeNull();
    expect(await findPortOwner(2_425, join(root, "none"))).toBeNull();
  });
});

describe.runIf(process.platform === "linux")("on this machine", () => {
  let socket: Socket;

  afterEach(() => {
    socket.close();
  });

  it("is this very process for a socket of ours", async () => {
    socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port }: AddressInfo = socket.address();
    expect(await findPortOwner(port)).toMatchObject({
      port,
      pid: process.pid,
      program: expect.stringMatching(/./),
    });
  });
});
