// What a user decides about others on the screen, with a real node: seen in the list and the details, felt by bell and messages; and the
// settings read again.
import { describe, expect, it } from "vitest";
import type { AppSettings } from "../../../src/tui/app-options.js";
import { startRobot, type Robot } from "../support/robot.js";

async function command(robot: Robot, words: string): Promise<void> {
  await robot.type(words);
  await robot.press("enter");
}

const bells = (robot: Robot): number =>
  Array.from(robot.tty.takeBytes()).filter((byte) => byte === "\u0007").length;

describe("decisions about people", () => {
  it("block, mute, note: by keys in the details and by commands, undone the same way", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await command(robot, "/go 小明");
    await robot.until("发给 小明>");
    await robot.press("f8");
    await robot.until("b屏蔽 m免打扰 f收藏 n备注");
    await robot.type("m");
    await robot.until("免打扰");
    robot.tty.takeBytes();
    await ming.say({ endpoint: { address: "192.168.1.10", port: 2425 } }, "@我 听见了吗");
    await robot.until((screen) => screen.includes("免打扰") && robot.node.peers()[0]!.unread === 1);
    expect(bells(robot)).toBe(0);
    // The note is written where everything is written.
    await robot.type("n");
    await robot.until("/note");
    await robot.type("三楼");
    await robot.press("enter");
    await robot.until("小明 的备注: 三楼");
    await command(robot, "/mute");
    await ming.say({ endpoint: { address: "192.168.1.10", port: 2425 } }, "@我 现在呢");
    await robot.until("现在呢");
    expect(bells(robot)).toBe(1);

    await command(robot, "/block");
    await robot.until("x小明");
    expect(robot.screen()).toContain("（已屏蔽）");
    const silenced = await ming.say({ endpoint: { address: "192.168.1.10", port: 2425 } }, "没人看见");
    await robot.settle(8_000);
    expect(robot.screen()).not.toContain("没人看见");
    expect(ming.message(silenced[0]!.id)!.deliveries[0]!.state).toBe("unconfirmed");
    expect(robot.node.peers()[0]!.policy).toMatchObject({ blocked: true, muted: false, note: "三楼" });
    await command(robot, "/block");
    await ming.say({ endpoint: { address: "192.168.1.10", port: 2425 } }, "又看见了");
    await robot.until("又看见了");
    expect(await robot.quit()).toBe(0);
  });

  it("two entries are one person and two again, each with its own messages", async () => {
    const robot = await startRobot();
    const to = { endpoint: { address: "192.168.1.10", port: 2425 } };
    const [old, now] = [await robot.join("旧名"), await robot.join("新名")];
    await robot.until(/旧名[^]*新名|新名[^]*旧名/);
    await old.say(to, "从前的话");
    await robot.settle(400);
    await now.say(to, "现在的话");
    const gone = old.close();
    await robot.settle(400);
    await gone;
    await command(robot, "/go 新名");
    await robot.until("现在的话");
    await command(robot, "/merge 旧名");
    await robot.until(/从前的话[^]*现在的话/);
    expect(robot.node.peers()).toHaveLength(1);
    await command(robot, "/split");
    await robot.until((screen) => !screen.includes("从前的话"));
    expect(robot.screen()).toContain("现在的话");
    await command(robot, "/go 旧名");
    await robot.until("从前的话");
    expect(await robot.quit()).toBe(0);
  });

  it("a favourite chosen elsewhere moves up in the list at once", async () => {
    const robot = await startRobot();
    await robot.join("甲");
    await robot.join("乙");
    await robot.until(/甲[^]*乙/);
    const second = robot.node.peers().find((peer) => peer.nick === "乙")!;
    await robot.node.setPolicy(second.id, { favourite: true });
    await robot.until(/\*\^乙[^]*甲/);
    await robot.node.setPolicy(second.id, { favourite: false });
    await robot.until(/\* 甲[^]*\* 乙/);
    expect(await robot.quit()).toBe(0);
  });
});

describe("/reload", () => {
  it("says what is in force now, what waits for a new start, and what is wrong", async () => {
    const outcomes = [
      { applied: ["lang"], waiting: ["port"], problems: [] },
      { applied: [], waiting: [], problems: ["config.toml:2:1: prot"] },
      { applied: [], waiting: [], problems: [] },
    ];
    const listeners: ((settings: AppSettings) => void)[] = [];
    const robot = await startRobot({
      onSettings: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
      reload: async () => {
        const outcome = outcomes.shift()!;
        const settings = { theme: "feiyan-dark", color: "auto", ambiguousWidth: 1, mouse: true } as const;
        if (outcome.applied.length > 0) {
          for (const listener of listeners) listener({ ...settings, lang: "en", bell: true, keys: {} });
        }
        return outcome;
      },
    });
    await robot.until("发给 全体>");
    await command(robot, "/reload");
    await robot.until("1 Send F2");
    await robot.until(/lang[^]*port/);
    await command(robot, "/reload");
    await robot.until("config.toml:2:1: prot");
    await command(robot, "/reload");
    await robot.until("The settings are the same as before");
    expect(await robot.quit()).toBe(0);
  });
});
