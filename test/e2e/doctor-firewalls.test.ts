// The real doctor before real firewalls, on hosts of a network of its own: it says what is closed, and the command it prints opens it, as a
// peer outside confirms. ufw and firewalld take seconds to start and are tried with FEIYAN_LONG=1.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createLan, lanProblem, type Lan } from "./lan.js";
import { removeHomes, start, type Ended } from "./program.js";

const problem = lanProblem();
const isLong = process.env["FEIYAN_LONG"] === "1";

function has(...command: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(command[0], command.slice(1), { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

let lan: Lan;
/** Words before a command, so that it runs on the first host with files of its own where firewalls keep theirs. */
let host: readonly string[] = [];
const running: ChildProcess[] = [];

/** A shell on the host that stays; resolves when it has printed `ready`. */
async function stay(prefix: readonly string[], script: string): Promise<ChildProcess> {
  const [file, ...args] = [...prefix, "sh", "-ec", script];
  const child = spawn(file, args);
  running.push(child);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      said += String(data);
      if (said.includes("ready")) resolve();
    });
    child.stderr.on("data", (data: Buffer) => (said += String(data)));
    child.once("close", () => reject(new Error(said)));
  });
  return child;
}

const onHost = (command: string): void => {
  const [file, ...args] = [...host, "sh", "-ec", command];
  execFileSync(file, args, { stdio: "ignore" });
};

const examine = (...words: string[]): Promise<Ended> =>
  start(["doctor", "--json", "--wait", "1.6", "--user", "user0", "--host", "pc-0", ...words], "", host).ended;

const codesOf = ({ objects }: Ended): readonly string[] => objects.map((one) => String(one["code"]));

/** What a user would copy from the finding. */
function commandOf({ objects }: Ended, tool: string): string {
  const finding = objects.find((one) => one["code"] === "doctor-firewall-blocks");
  expect(finding).toMatchObject({ fields: { tool } });
  return String(finding!["remedy"]).replaceAll("sudo ", "");
}

/** Does what the finding says; resolves with the codes of before and after, and what is said then of firewall and reach. */
async function obey(blocked: Ended, tool: string) {
  onHost(commandOf(blocked, tool));
  const mended = await examine();
  return {
    before: blocked.code,
    after: mended.code,
    said: codesOf(mended).filter((code) => /^doctor-(?:firewall|reach)/.test(code)),
  };
}

const opened = {
  before: 5,
  after: 0,
  said: ["doctor-reach-udp", "doctor-reach-tcp", "doctor-firewall-open"],
};

describe.skipIf(problem !== null)(`doctor before firewalls${problem ?? ""}`, () => {
  beforeAll(async () => {
    lan = createLan(2);
    const folders = ["/etc/ufw", "/etc/firewalld", "/etc/default"];
    const mounts = folders.map(
      (folder) =>
        `if [ -d ${folder} ]; then cp -a ${folder} /run/copy; mount -t tmpfs none ${folder}; cp -a /run/copy/. ${folder}/; rm -r /run/copy; fi`,
    );
    const script = ["mount -t tmpfs none /run", ...mounts, "echo ready", "exec sleep 600"].join("\n");
    const [file = "", ...args] = lan.on(0);
    const keeper = await stay([file, ...args, "unshare", "-m", "--propagation", "private"], script);
    host = ["nsenter", "-t", String(keeper.pid), "-n", "-m"];
    const words = ["daemon", "--name", "helper", "--user", "user1", "--host", "pc-1"];
    const helper = start(words, null, lan.on(1));
    running.push(helper.child);
    await helper.printed("daemon started");
  });
  afterEach(() => {
    if (has("nft", "-v")) onHost("nft flush ruleset");
  });
  afterAll(() => {
    for (const child of running) child.kill("SIGKILL");
    lan.down();
    removeHomes();
  });

  it.skipIf(!has("nft", "-v"))(
    "TCP dropped by two chains of nftables; a program that does not read",
    async () => {
      for (const table of ["own", "other"]) {
        onHost(
          `nft add table inet ${table}; nft add chain inet ${table} incoming '{ type filter hook input priority 0; }'; nft add rule inet ${table} incoming tcp dport 2000-3000 drop`,
        );
      }
      // Blocked for good with a small buffer, while another program sends to it until it is ended itself.
      const reader =
        's.bind(29999,"127.0.0.1",()=>{s.setRecvBufferSize(4096);console.log("ready");Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0)})';
      const sender =
        's.send("x".repeat(500),29999,"127.0.0.1",()=>console.log("ready"));setInterval(()=>s.send("x".repeat(500),29999,"127.0.0.1"),10)';
      for (const part of [reader, sender]) {
        // oxlint-disable-next-line no-await-in-loop -- the sender needs the reader
        await stay(
          host,
          `exec '${process.execPath}' -e 'const s=require("dgram").createSocket("udp4");${part}'`,
        );
      }
      const blocked = await examine();
      expect(codesOf(blocked)).toEqual(
        expect.arrayContaining(["doctor-reach-udp", "doctor-reach-tcp-blocked", "doctor-drops"]),
      );
      const drops = blocked.objects.find((one) => one["code"] === "doctor-drops");
      expect(drops).toMatchObject({ severity: "warning", fields: { dropped: expect.any(Number) } });
      for (const child of running.splice(-2)) child.kill("SIGKILL");
      expect(await obey(blocked, "nftables")).toEqual(opened);
    },
  );

  it.skipIf(!isLong || !has("ufw", "--version"))("ufw, with a rule that forbids", async () => {
    onHost("ufw --force enable && ufw deny 2400:2500/udp && ufw deny 2400:2500/tcp");
    expect(await obey(await examine(), "ufw")).toEqual(opened);
    onHost("ufw --force disable");
  });

  const hasFirewalld = has(
    "sh",
    "-c",
    "PATH=$PATH:/usr/sbin; command -v firewalld && command -v dbus-daemon",
  );
  it.skipIf(!isLong || !hasFirewalld)("firewalld, in a zone that is not the default", async () => {
    await stay(host, "mkdir -p /run/dbus; echo ready; exec dbus-daemon --system --nofork --nosyslog");
    await stay(host, "echo ready; exec firewalld --nofork > /dev/null 2>&1");
    onHost("for i in $(seq 150); do firewall-cmd --state && break; sleep 0.1; done");
    onHost("firewall-cmd --permanent --zone=work --change-interface=eth0; firewall-cmd --reload");
    expect(await obey(await examine(), "firewalld")).toEqual(opened);
  });
});
