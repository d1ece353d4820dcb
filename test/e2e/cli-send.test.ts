// The real program on loopback: sending and asking, with every exit code that comes of it.
import { describe, expect, it } from "vitest";
import { feiyan } from "./program.js";
import { addressOf, instanceFlags, silentAddress, startNode, textsHeard, useStage } from "./stage.js";

const stage = useStage();

describe("send", () => {
  it("0: finds a name, delivers, prints one line, says goodbye", async () => {
    const { code, stdout, stderr } = await feiyan([
      "send",
      "--to",
      "小明",
      ...(await instanceFlags(addressOf(stage().node))),
      "三点",
      "开会",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^小明 \(127\.0\.0\.1:\d+\) {2}delivered {2}[\d.]+ ms\n$/);
    expect(textsHeard(stage())).toEqual(["三点 开会"]);
    expect(
      stage()
        .node.peers()
        .map((peer) => [peer.nick, peer.state]),
    ).toEqual([["命令行", "offline"]]);
  });

  it("0 with --json: the message, then its deliveries, the last one final", async () => {
    const { code, objects } = await feiyan(
      ["send", "--to", addressOf(stage().node), ...(await instanceFlags()), "--json", "-"],
      "第一行\n第二行\n",
    );
    expect(code).toBe(0);
    expect(objects.map((object) => [object["v"], object["type"], object["state"]])).toEqual([
      [1, "message", undefined],
      [1, "delivery", "sent"],
      [1, "delivery", "delivered"],
    ]);
    expect(objects[0]).toMatchObject({
      direction: "out",
      text: "第一行\n第二行",
      packetNo: expect.stringMatching(/^\d+$/),
    });
    expect(objects[2]).toMatchObject({ messageId: objects[0]!["id"], attempt: 1, rttMs: expect.any(Number) });
    expect(textsHeard(stage())).toEqual(["第一行\n第二行"]);
  });

  it("0 with port 0: no presence at all", async () => {
    const { code } = await feiyan([
      "send",
      "--port",
      "0",
      "--to",
      addressOf(stage().node),
      "--user",
      "cli",
      "hello",
    ]);
    expect(code).toBe(0);
    expect(textsHeard(stage())).toEqual(["hello"]);
    expect(stage().node.peers()[0]).toMatchObject({ nick: "" });
  });

  it("0 with --raw and --no-check: bare bytes in the charset asked for, nothing else", async () => {
    const datagrams: string[] = [];
    const address = await silentAddress((bytes) => datagrams.push(bytes.toString("hex")));
    const { code, stdout } = await feiyan([
      "send",
      "--to",
      address,
      ...(await instanceFlags()),
      "--raw",
      "--charset",
      "utf-8",
      "你好",
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("sent")]);
    expect(datagrams).toEqual([Buffer.from("你好").toString("hex")]);
  });

  it("2: characters that the charset cannot carry, unless they are given up", async () => {
    const address = await silentAddress();
    const flags = ["--to", address, "--port", "0", "--no-check", "--json"];
    const refused = await feiyan(["send", ...flags, "好😀"]);
    expect(refused.code).toBe(2);
    expect(refused.objects).toMatchObject([
      { type: "error", code: "text-not-encodable", remedy: expect.stringContaining("--lossy") },
    ]);
    expect((await feiyan(["send", ...flags, "--lossy", "好😀"])).code).toBe(0);
  });

  it("3: no acknowledgement, after the repeats or at --timeout; 7: one of two acknowledged", async () => {
    const silent = await silentAddress();
    const flags = ["--port", "0", "--retries", "0"];
    const [repeated, givenUp, partly] = await Promise.all([
      feiyan(["send", "--to", silent, ...flags, "--json", "hello"]),
      feiyan(["send", "--to", silent, "--port", "0", "--timeout", "0.1", "hello"]),
      feiyan(["send", "--to", `${addressOf(stage().node)},${silent}`, ...flags, "hello"]),
    ]);
    expect(repeated.code).toBe(3);
    expect(repeated.objects.at(-1)).toMatchObject({ type: "delivery", state: "unconfirmed" });
    expect([givenUp.code, givenUp.stdout]).toEqual([3, expect.stringContaining("unconfirmed")]);
    expect(partly.code).toBe(7);
    expect(partly.stdout.trimEnd().split("\n")).toHaveLength(2);
  });

  it("4: nobody of that name; two of one name are listed", async () => {
    const twin = await startNode("小明");
    // Asked for together with somebody who never comes, so that both twins have answered by then.
    const flags = await instanceFlags(addressOf(stage().node), addressOf(twin));
    const [nobody, ambiguous] = await Promise.all([
      feiyan(["send", "--to", "nobody", ...(await instanceFlags()), "hello"]),
      feiyan(["send", "--to", "小明,nobody", "--json", ...flags, "hello"]),
    ]);
    expect([nobody.code, nobody.stderr]).toEqual([4, expect.stringContaining("no such peer: nobody")]);
    expect(ambiguous.code).toBe(4);
    expect(ambiguous.objects).toMatchObject([
      { type: "error", code: "peer-ambiguous", fields: { target: "小明" } },
    ]);
    expect(ambiguous.objects[0]!["text"]).toContain(addressOf(twin));
    expect(textsHeard(stage())).toEqual([]);
  });

  it("paces a range, each receiver once", async () => {
    const port = stage().node.network!.port;
    const { code, objects } = await feiyan([
      "send",
      "--to",
      `127.0.0.1-1:${port}`,
      "--yes",
      "--port",
      "0",
      "--json",
      "hello",
    ]);
    expect(code).toBe(0);
    expect(objects.at(-1)).toMatchObject({ state: "delivered" });
  });
});

describe("ports", () => {
  it("5: the port belongs to another program, which is named", async () => {
    const flags = ["--port", String(stage().node.network!.port), "--bind", "127.0.0.1"];
    const { code, objects } = await feiyan(["peers", ...flags, "--json"]);
    expect(code).toBe(5);
    expect(objects).toMatchObject([
      { type: "error", code: "port-in-use", fields: { port: stage().node.network!.port } },
    ]);
    // Only Linux tells who it is.
    const owner = process.platform === "linux" ? { pid: process.pid } : {};
    expect(objects[0]!["fields"]).toMatchObject(owner);
  });

  it("5: an address that is not ours", async () => {
    const { code, objects } = await feiyan(["peers", "--port", "0", "--bind", "192.0.2.1", "--json"]);
    expect([code, objects[0]!["code"]]).toEqual([5, "address-not-available"]);
  });
});

describe("ask", () => {
  it("0: prints the first message that comes back", async () => {
    stage().node.subscribe((event) => {
      if (event.kind !== "message" || event.message.direction !== "in") return;
      void stage().node.say({ peer: event.message.peerId! }, "五点\u001b[2J\n到");
    });
    const { code, stdout } = await feiyan([
      "ask",
      "--to",
      "小明",
      ...(await instanceFlags(addressOf(stage().node))),
      "几点？",
    ]);
    expect([code, stdout]).toEqual([0, "五点\n到\n"]);
    expect(textsHeard(stage())).toEqual(["几点？"]);
  });

  it("3: nothing came back", async () => {
    const flags = ["--to", addressOf(stage().node), "--port", "0", "--timeout", "0.3"];
    const { code, objects } = await feiyan(["ask", ...flags, "--json", "几点？"]);
    expect([code, objects[0]!["code"]]).toEqual([3, "no-answer"]);
  });
});
