// What the tools of firewalls print, read: Linux outputs as recorded on a machine, the others in the form their makers document.
import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFirewalls } from "../../src/doctor/firewall-check.js";
import type { Answered, FirewallState } from "../../src/doctor/answers.js";
import { firewalls } from "../../src/doctor/firewalls.js";
import { parseIptables } from "../../src/doctor/iptables.js";
import { judgeNftables } from "../../src/doctor/nftables.js";

const recorded = (name: string): Answered => ({
  code: 0,
  stdout: readFileSync(join(import.meta.dirname, "recorded", name), "utf8"),
  stderr: "",
});
const absent: Answered = { code: null, stdout: "", stderr: "ENOENT" };
const printed = (stdout: string, code = 0): Answered => ({ code, stdout, stderr: "" });

function read(tool: string, ...answers: readonly Answered[]): FirewallState | undefined {
  return firewalls.find(({ name }) => name === tool)?.read(answers, 2425);
}

const on = (udp: string, tcp: string) => ({ kind: "on", udp, tcp });

describe("iptables -S", () => {
  it.each([
    ["iptables-none.txt", { kind: "off" }],
    ["iptables-drop.txt", on("blocked", "open")],
    ["iptables-server.txt", on("open", "blocked")],
    ["iptables-ufw-closed.txt", on("blocked", "blocked")],
    ["iptables-ufw-udp.txt", on("open", "blocked")],
  ])("%s", (file, expected) => {
    expect(read("iptables", recorded(file))).toEqual(expected);
  });

  it.each([
    [
      "a jump that comes back",
      "-P INPUT ACCEPT\n-N a\n-A INPUT -j a\n-A a -p tcp -j DROP",
      on("open", "blocked"),
    ],
    [
      "a goto that does not",
      "-P INPUT DROP\n-N a\n-A INPUT -g a\n-A INPUT -j ACCEPT\n-A a -p tcp -j ACCEPT",
      on("blocked", "open"),
    ],
    ["a loop", "-P INPUT ACCEPT\n-N a\n-A INPUT -j a\n-A a -j a", on("unknown", "unknown")],
    [
      "some senders only",
      "-P INPUT DROP\n-A INPUT -s 10.0.0.0/8 -p udp -m udp --dport 2425 -j ACCEPT",
      on("unknown", "blocked"),
    ],
    [
      "not these ports",
      "-P INPUT ACCEPT\n-A INPUT -p udp -m udp ! --dport 53 -j REJECT --reject-with icmp-port-unreachable",
      on("blocked", "open"),
    ],
    [
      "the state of answers",
      "-P INPUT DROP\n-A INPUT -m state --state ESTABLISHED -j ACCEPT",
      on("blocked", "blocked"),
    ],
  ])("%s", (_name, text, expected) => {
    expect(read("iptables", printed(text))).toEqual(expected);
  });
});

describe("nft -j list ruleset", () => {
  it.each([
    ["nft-stateful.json", on("unknown", "unknown")],
    ["nft-open.json", on("open", "open")],
    ["nft-of-iptables.json", on("blocked", "open")],
  ])("%s", (file, expected) => {
    expect(read("nftables", recorded(file), absent)).toEqual(expected);
  });

  it("leaves to iptables what iptables keeps there", () => {
    expect(read("nftables", recorded("nft-of-iptables.json"), recorded("iptables-drop.txt"))).toEqual({
      kind: "off",
    });
  });

  it("names the chain that is there in the command", () => {
    const nft = firewalls.find(({ name }) => name === "nftables");
    expect(nft?.allow(2425, [recorded("nft-stateful.json"), absent])).toBe(
      "sudo nft insert rule inet own incoming udp dport 2425 accept && sudo nft insert rule inet own incoming tcp dport 2425 accept",
    );
  });
});

const zone = (name: string, ports: string, interfaces = "", more = "  target: default\n  rich rules: ") =>
  `${name}\n  services: ssh\n  interfaces: ${interfaces}\n  ports: ${ports}\n${more}\n\n`;

describe("ufw, firewalld, Windows, macOS", () => {
  it.each([
    ["ufw-off.txt", { kind: "off" }],
    ["ufw-closed.txt", on("blocked", "blocked")],
    ["ufw-udp.txt", on("open", "blocked")],
    ["ufw-both.txt", on("open", "open")],
  ])("%s", (file, expected) => {
    expect(read("ufw", recorded(file))).toEqual(expected);
  });

  const ufwRules = (...lines: string[]): Answered =>
    printed(
      ["Status: active", "Default: deny (incoming), allow (outgoing), disabled (routed)", "", ...lines].join(
        "\n",
      ),
    );

  it.each([
    ["Anywhere                   ALLOW IN    Anywhere", on("open", "open")],
    ["Anywhere                   ALLOW IN    10.97.0.0/24", on("unknown", "unknown")],
    ["Anywhere on eth0           ALLOW IN    Anywhere", on("unknown", "unknown")],
    ["2425 on eth0               ALLOW IN    Anywhere", on("unknown", "unknown")],
    ["2425/udp                   ALLOW IN    Anywhere                   # 飞雁", on("open", "blocked")],
    ["10.97.0.1 2425/udp         ALLOW IN    Anywhere", on("unknown", "blocked")],
    ["2425/tcp (Feiyan)          ALLOW IN    Anywhere", on("blocked", "open")],
    ["2400:2500/udp              REJECT IN   Anywhere", on("blocked", "blocked")],
    ["2425/udp (v6)              ALLOW IN    Anywhere (v6)", on("blocked", "blocked")],
    ["2425                       ALLOW OUT   Anywhere", on("blocked", "blocked")],
    ["80,443/tcp (WWW Full)      LIMIT IN    Anywhere", on("blocked", "blocked")],
  ])("ufw: %s", (line, expected) => {
    expect(read("ufw", ufwRules(line))).toEqual(expected);
  });

  it("ufw: the first rule counts, and a rule that forbids is overtaken", () => {
    const answer = recorded("ufw-rules.txt");
    expect(read("ufw", answer)).toEqual(on("open", "unknown"));
    expect(firewalls[0]?.allow(2425, [answer])).toBe(
      "sudo ufw allow 2425/udp && sudo ufw prepend allow 2425/tcp",
    );
    expect(firewalls[0]?.allow(2425, [recorded("ufw-closed.txt")])).toBe(
      "sudo ufw allow 2425/udp && sudo ufw allow 2425/tcp",
    );
  });

  const firewalld = firewalls.find(({ name }) => name === "firewalld");
  const running = printed("running\n");
  const standard = printed("public\n");
  it.each([
    ["the default zone", zone("public (default)", "2425/udp 80/tcp"), on("open", "blocked")],
    ["ranges", zone("public", "2400-2500/udp 2425/tcp"), on("open", "open")],
    ["a target", zone("public", "", "", "  target: ACCEPT"), on("open", "open")],
    ["a protocol", zone("public", "", "", "  target: DROP\n  protocols: udp"), on("open", "blocked")],
    [
      "rules of other forms",
      zone("public", "", "", '  rich rules: \n\trule family="ipv4" accept'),
      on("unknown", "unknown"),
    ],
    [
      "the zone of the interface, not the default one",
      zone("public", "2425/udp 2425/tcp") + zone("work (active)", "", "eth0"),
      on("blocked", "blocked"),
    ],
    [
      "not the zone of containers",
      zone("docker (active)", "", "docker0", "  target: ACCEPT") +
        zone("public (default, active)", "", "wlp2s0"),
      on("blocked", "blocked"),
    ],
    [
      "a zone that closes among those that open",
      zone("a", "2425/udp", "eth0") + zone("b", "", "eth1"),
      on("blocked", "blocked"),
    ],
  ])("firewalld: %s", (_name, zones, expected) => {
    expect(read("firewalld", running, standard, printed(zones))).toEqual(expected);
  });

  it("firewalld: off, and what the real one prints", () => {
    expect(read("firewalld", printed("not running\n", 252), absent, absent)).toEqual({ kind: "off" });
    const noBus = recorded("firewalld-no-bus.txt");
    expect(read("firewalld", { ...noBus, code: 36 }, absent, absent)).toEqual({ kind: "off" });
    const answers = [running, standard, recorded("firewalld-zones.txt")];
    expect(read("firewalld", ...answers)).toEqual(on("blocked", "blocked"));
    expect(firewalld?.allow(2425, answers)).toBe(
      "sudo firewall-cmd --permanent --zone=work --add-port=2425/udp --add-port=2425/tcp && sudo firewall-cmd --reload",
    );
  });

  it("Windows", () => {
    const profiles = (enabled: number) => printed(JSON.stringify([{ Name: "Private", Enabled: enabled }]));
    const rules = (...list: object[]) => printed(JSON.stringify(list));
    const udp = { action: "Allow", protocol: "UDP", ports: ["2425"] };
    expect(read("Windows Defender", profiles(0), rules())).toEqual({ kind: "off" });
    expect(read("Windows Defender", profiles(1), rules(udp))).toEqual(on("open", "unknown"));
    expect(read("Windows Defender", profiles(1), rules(udp, { ...udp, action: "Block" }))).toEqual(
      on("blocked", "unknown"),
    );
    expect(read("Windows Defender", printed("Access denied", 1), absent)).toMatchObject({
      kind: "unreadable",
    });
  });

  it("macOS", () => {
    const apps = (verdict: string) =>
      printed(
        `Total number of apps = 1\n1 : /usr/local/bin/node\n             ( ${verdict} incoming connections )\n`,
      );
    const state = (text: string) => printed(`Firewall is ${text}\n`);
    const blockAll = printed("Firewall has block all state set to disabled.\n");
    const tool = "macOS application firewall";
    expect(read(tool, state("disabled. (State = 0)"), blockAll, apps("Allow"))).toEqual({ kind: "off" });
    expect(read(tool, state("enabled. (State = 1)"), blockAll, apps("Allow"))).toEqual(on("open", "open"));
    expect(read(tool, state("enabled. (State = 1)"), blockAll, apps("Block"))).toEqual(
      on("blocked", "blocked"),
    );
    expect(read(tool, state("enabled. (State = 2)"), blockAll, apps("Allow"))).toEqual(
      on("blocked", "blocked"),
    );
  });
});

const codes = async (answer: (file: string) => Answered, platform: NodeJS.Platform = "linux") =>
  (await checkFirewalls(2425, async ({ file }) => answer(file), platform)).map(({ code, fields }) => [
    code,
    fields["tool"] ?? fields["tools"],
  ]);

const ufw = (file: string): Answered =>
  file === "ufw"
    ? recorded("ufw-closed.txt")
    : file === "iptables"
      ? recorded("iptables-ufw-closed.txt")
      : absent;

describe("the check", () => {
  it("says none, hidden, or what each tool does; a front end speaks for what is below it", async () => {
    expect(await codes(() => absent)).toEqual([["doctor-firewall-none", undefined]]);
    const denied: Answered = { code: 4, stdout: "", stderr: "Permission denied (you must be root)" };
    expect(await codes((file) => (file === "iptables" || file === "nft" ? denied : absent))).toEqual([
      ["doctor-firewall-hidden", ["nftables", "iptables"]],
    ]);
    expect(await codes(ufw)).toEqual([["doctor-firewall-blocks", "ufw"]]);
  });
});

it("nothing a tool may print throws", () => {
  const bit = fc.constantFrom(
    "-P INPUT DROP\n",
    "-A INPUT ",
    "-j ",
    "-m ",
    "!",
    '"',
    "-g a",
    "\n",
    "--dport ",
    "2425",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(bit, fc.string())), (parts) => {
      const answer = printed(parts.join(" "));
      for (const firewall of firewalls) {
        const state = firewall.read([answer, answer, answer], 2425);
        expect(["off", "on", "unreadable"]).toContain(state.kind);
        firewall.allow(2425, [answer, answer, answer]);
      }
      parseIptables(answer.stdout, { protocol: "udp", port: 1 });
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(fc.json(), (json) => {
      judgeNftables(`{"nftables":[${json}]}`, { protocol: "udp", port: 1 }, () => false);
    }),
    { numRuns: 100 },
  );
});
