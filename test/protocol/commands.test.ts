// Command numbers, option bits, version items and what is answered.
import { describe, expect, it } from "vitest";

import {
  buildFeiqVersion,
  capabilitiesOf,
  commandMeaning,
  commands,
  decode,
  hasOption,
  optionNames,
  parseFeiqVersion,
  requiredReply,
  unknownOptionBits,
  versionTraits,
} from "../../src/protocol.js";
import { bytesOf, codec, packetOf } from "./vectors.js";

const gbk = { legacyCharset: "gbk" } as const;

describe("commands and options", () => {
  it("has no number twice, but for dialects", () => {
    const rows = Object.values(commands);
    const keys = rows.map((row) => `${row.number} ${"dialect" in row ? row.dialect : ""}`);
    expect(new Set(keys).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  });

  it("reads a clashing number by dialect, and unknown ones as such", () => {
    expect(commandMeaning(0xb0, "feiq").modeName).toBe("FEIQ_REMOTE");
    expect(commandMeaning(0xb0, "ipmsg").modeName).toBe("DIR_POLL");
    expect(commandMeaning(0x20, "feiq").modeName).toBe("SENDMSG");
    expect(commandMeaning(0x7e, "ipmsg")).toEqual({ modeName: "UNKNOWN", class: "text" });
    expect(commandMeaning(999, "ipmsg").modeName).toBe("UNKNOWN");
  });

  it("names bits by class", () => {
    expect(optionNames(0x100, "entry")).toEqual(["ABSENCEOPT"]);
    expect(optionNames(0x100, "message")).toEqual(["SENDCHECKOPT"]);
    expect(optionNames(0x400c00, "file")).toEqual(["ENCFILE_OBSLT", "ENCFILEOPT", "ENCRYPTOPT"]);
    expect(optionNames(0xffffffff, "entry")).toHaveLength(13);
    expect(unknownOptionBits(0x80000020, "message")).toBe(0x80000000);
    expect(unknownOptionBits(0x60000420, "entry")).toBe(0x60000400);
    expect(hasOption(0x800120, "UTF8OPT")).toBe(true);
    expect(hasOption(0x120, "UTF8OPT")).toBe(false);
  });

  it("lists what an entry announces", () => {
    expect(capabilitiesOf(0x1600001)).toEqual(["files", "encrypt", "utf8"]);
    expect(capabilitiesOf(0x0f650301)).toEqual([
      "absent",
      "server",
      "dialup",
      "filenc",
      "files",
      "encrypt",
      "utf8",
      "ipdict",
      "encext",
      "clipboard",
    ]);
    expect(capabilitiesOf(0x10000001)).toEqual(["master"]);
  });
});

describe("versions", () => {
  it.each([
    ["1", "ipmsg"],
    ["1_lbt6_0#128#A#0", "feiq"],
    ["1_iptux 0.8.3", "iptux"],
    ["iptux 0.6", "iptux"],
    ["1@shiyeline", "shiyeline"],
    ["5.1.180210", "feige5"],
    ["1.feige.1", "feige5"],
    ["1.1.180210", "feige5"],
    ["feiq_plus_plus#128", "other"],
    ["1x", "other"],
    ["2.0", "other"],
  ] as const)("%s is %s", (version, dialect) => {
    expect(versionTraits(version).dialect).toBe(dialect);
    expect(packetOf(`${version}:1:u:h:0:`).dialect).toBe(dialect);
  });

  it("builds FeiQ's item and reads it again", () => {
    expect(buildFeiqVersion("F8B46AA55B28", 96)).toBe("1_lbt6_0#128#F8B46AA55B28#0#0#96#4001#9");
    expect(parseFeiqVersion(buildFeiqVersion(null))).toEqual({
      lbt: "6",
      avatar: 0,
      level: 128,
      mac: "000000000000",
      rest: ["0", "0", "0", "4001", "9"],
    });
    expect(parseFeiqVersion("1_lbt6")).toBeNull();
    expect(parseFeiqVersion("1_lbt6_0#x")).toBeNull();
  });

  it("remembers many versions without mixing them up", () => {
    for (let round = 0; round < 2; round += 1) {
      for (let number = 0; number < 600; number += 1) {
        expect(packetOf(`1_lbt6_0#${number}:1:u:h:0:`).feiq?.level).toBe(number);
      }
    }
  });

  it.each([
    ["1 5:1:u:h:0:", true],
    ["11:1:u:h:0:", false],
    ["5.x:1:u:h:0:", false],
    ["5.:1:u:h:0:", false],
    ["9.9:1:u:h:0:", true],
    ["iptu:1:u:h:0:", false],
    [`1${"x".repeat(127)}:1:u:h:0:`, true],
    [`1${"x".repeat(128)}:1:u:h:0:`, false],
    ["1\x7f:1:u:h:0:", false],
    ["1\x1f:1:u:h:0:", false],
  ])("%j is a packet: %s", (text, isPacket) => {
    expect(decode(bytesOf(text), codec, gbk).kind === "packet").toBe(isPacket);
  });
});

describe("replies", () => {
  it.each([
    ["1:5:u:h:32:no check", null],
    ["1:5:u:h:48:1", null],
    ["1:5:u:h:1056816:1", null],
    ["1:5:u:h:64:", { mode: "SENDINFO" }],
    ["1:5:u:h:8256:", { mode: "SENDINFO", optional: true }],
    ["1:5:u:h:16:", null],
    ["1:5:u:h:231:AA", null],
    ["1:5:u:h:192:broken slice", null],
    ["1:5:u:h:126:", null],
  ])("%j calls for %j", (text, reply) => {
    expect(requiredReply(packetOf(text))).toEqual(reply);
  });
});
