// The real doctor on hosts of a network of its own: clean, behind firewalls, beside a stranger on its port, and without any network.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createLan, lanProblem, type Lan } from "./lan.js";
import { removeHomes, start, type Ended } from "./program.js";

const problem = lanProblem();

function has(...command: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(command[0], command.slice(1), { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

let lan: Lan;
const running: ChildProcess[] = [];

/** Runs the program on a host, to its end. */
function onHost(host: number, words: readonly string[]): Promise<Ended> {
  return start([...words, "--user", `user${host}`, "--host", `pc-${host}`], "", lan.on(host)).ended;
}

const onFirst = (...words: string[]): void => {
  const [file = "", ...args] = [...lan.on(0), ...words];
  execFileSync(file, args, { stdio: "ignore" });
};

const codesOf = ({ objects }: Ended): readonly string[] =>
  objects.filter((one) => one["severity"] !== "ok").map((one) => String(one["code"]));

describe.skipIf(problem !== null)(`doctor on a network of its own${problem ?? ""}`, () => {
  beforeAll(async () => {
    lan = createLan(2);
    // A willing peer on the second host.
    const helper = start(
      ["daemon", "--name", "helper", "--user", "user1", "--host", "pc-1"],
      null,
      lan.on(1),
    );
    running.push(helper.child);
    await helper.printed("daemon started");
  });
  afterEach(() => {
    if (has("iptables", "-V")) onFirst("iptables", "-F");
  });
  afterAll(() => {
    for (const child of running) child.kill("SIGKILL");
    lan.down();
    removeHomes();
  });

  it("0: nothing in the way, and a peer tried from outside", async () => {
    const ended = await onHost(0, ["doctor", "--json", "--lang", "en", "--wait", "1.6"]);
    const codes = ended.objects.map((one) => one["code"]);
    expect(codes).toEqual(
      expect.arrayContaining([
        "doctor-interface",
        "doctor-port-free",
        "doctor-broadcast-heard",
        "doctor-peers-heard",
        "doctor-reach-udp",
        "doctor-reach-tcp",
        "doctor-buffer",
        "doctor-clock",
        "doctor-folder",
      ]),
    );
    expect(ended.code).toBe(0);
    const eth0 = ended.objects.find((one) => String(one["text"]).includes("eth0: 10.99.0.1"));
    expect(eth0).toMatchObject({
      fields: { netmask: "255.255.255.0", broadcast: "10.99.0.255", kind: "ethernet" },
    });
  });

  it.skipIf(!has("iptables", "-V"))("5: UDP dropped, and the command that helps does", async () => {
    onFirst("iptables", "-A", "INPUT", "-p", "udp", "--dport", "2425", "-j", "DROP");
    const blocked = await onHost(0, ["doctor", "--json", "--wait", "1.6"]);
    expect(blocked.code).toBe(5);
    expect(codesOf(blocked)).toEqual(
      expect.arrayContaining(["doctor-broadcast-silent", "doctor-firewall-blocks"]),
    );
    const finding = blocked.objects.find((one) => one["code"] === "doctor-firewall-blocks");
    expect(finding).toMatchObject({ fields: { tool: "iptables", what: ["UDP"] } });
    for (const command of String(finding!["remedy"]).split(" && "))
      onFirst(...command.replace("sudo ", "").split(" "));
    const mended = await onHost(0, ["doctor", "--json", "--wait", "1.6"]);
    expect(codesOf(mended)).not.toContain("doctor-broadcast-silent");
    expect(codesOf(mended)).not.toContain("doctor-firewall-blocks");
  });

  it.skipIf(!has("iptables", "-V"))("5: only answers let in, which only a peer can see", async () => {
    for (const rule of [
      ["-A", "INPUT", "-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT"],
      ["-A", "INPUT", "-p", "udp", "--dport", "2425", "--sport", "2425", "-j", "ACCEPT"],
      ["-A", "INPUT", "-p", "udp", "--dport", "2425", "-j", "DROP"],
      ["-A", "INPUT", "-p", "tcp", "--dport", "2425", "-j", "DROP"],
    ])
      onFirst("iptables", ...rule);
    const ended = await onHost(0, ["doctor", "--json", "--wait", "1.6"]);
    expect(codesOf(ended)).toEqual(
      expect.arrayContaining(["doctor-reach-udp-blocked", "doctor-reach-tcp-blocked"]),
    );
    expect(codesOf(ended)).not.toContain("doctor-broadcast-silent");
    expect(ended.code).toBe(5);
  });

  it("5: the port belongs to another program, which is named", async () => {
    const [file = "", ...args] = lan.on(0);
    const script = 'require("dgram").createSocket("udp4").bind(2425, () => console.log("ready"))';
    const stranger = spawn(file, [...args, process.execPath, "-e", script]);
    await new Promise((resolve) => stranger.stdout.once("data", resolve));
    const ended = await onHost(0, ["doctor", "--json", "--wait", "1.6"]);
    stranger.kill("SIGKILL");
    expect(ended.code).toBe(5);
    expect(ended.objects.find((one) => one["code"] === "port-in-use")).toMatchObject({
      severity: "error",
      fields: { port: 2425, pid: expect.any(Number), program: expect.stringContaining("node") },
    });
  });

  it("1 when only a folder is wrong; 5 without a network", async () => {
    const folder = await onHost(0, ["doctor", "--json", "--wait", "0.3", "--home", "/dev/null/x"]);
    expect([folder.code, codesOf(folder)]).toEqual([1, expect.arrayContaining(["doctor-folder-unwritable"])]);
    onFirst("ip", "link", "set", "eth0", "down");
    onFirst("ip", "addr", "flush", "dev", "eth0");
    const ended = await onHost(0, ["doctor", "--json", "--wait", "0.3"]);
    expect([ended.code, codesOf(ended)]).toEqual([5, expect.arrayContaining(["doctor-no-network"])]);
  });
});
