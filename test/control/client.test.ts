// An attached client: it hears of everything once, and comes back after the instance went away by one row of tries, on a manual clock.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attach } from "../../src/control/client.js";
import { createComeBack } from "../../src/control/come-back.js";
import { locateControl, type ControlPlace } from "../../src/control/place.js";
import { openControl } from "../../src/control/server.js";
import { createNode, type ChatNode, type Event } from "../../src/index.js";
import { createManualClock, createMemoryNetwork } from "../../src/testing.js";

/** Counts, and tells when it has come so far. */
function counter() {
  const waiting: { readonly wanted: number; readonly resolve: () => void }[] = [];
  let count = 0;
  return {
    add: (): void => {
      count += 1;
      for (const { wanted, resolve } of waiting) if (wanted <= count) resolve();
    },
    reached: (wanted: number): Promise<number> =>
      new Promise<void>((resolve) => {
        waiting.push({ wanted, resolve });
        if (wanted <= count) resolve();
      }).then(() => count),
  };
}

function pauses() {
  const clock = createManualClock(0);
  const begun = counter();
  let atOnce = 0;
  return {
    pause: (): Promise<void> =>
      new Promise((resolve) => {
        atOnce += 1;
        begun.add();
        clock.at(clock.now() + 1_000, () => {
          atOnce -= 1;
          resolve();
        });
      }),
    /** When so many pauses have begun: how many are waited for at once. */
    begun: (wanted: number): Promise<number> => begun.reached(wanted).then(() => atOnce),
    /** A second passes, with all that follows from it at once. */
    second: async (): Promise<void> => {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("the row of tries", () => {
  it("is one a second, also when each try loses a connection of its own", async () => {
    const { pause, second } = pauses();
    let tries = 0;
    const row = createComeBack({
      attempt: async () => {
        tries += 1;
        // What the end of a connection does.
        row.begin();
        return tries === 5;
      },
      isOver: () => false,
      pause,
    });
    row.begin();
    row.begin();
    const seen: number[] = [];
    for (let passed = 0; passed < 7; passed += 1) {
      await second();
      seen.push(tries);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 5, 5]);
    expect(row.isTrying()).toBe(false);
    row.begin();
    await second();
    expect(tries).toBe(6);
  });

  it("ends when nobody wants to come back", async () => {
    const { pause, second } = pauses();
    let tries = 0;
    let isOver = false;
    const row = createComeBack({
      attempt: async () => {
        tries += 1;
        return false;
      },
      isOver: () => isOver,
      pause,
    });
    row.begin();
    await second();
    isOver = true;
    await second();
    await second();
    expect([tries, row.isTrying()]).toEqual([1, false]);
  });
});

describe("an attached client", () => {
  let home = "";
  let place: ControlPlace;
  let node: ChatNode;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "fy-"));
    place = locateControl({ home, stateDir: join(home, "state"), runtimeDir: undefined, port: 2425 });
    node = createNode({ transport: createMemoryNetwork().transport({ address: "10.0.0.1" }) });
    await node.start();
  });
  afterEach(async () => {
    await node.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("is told what happened before it listened, once", async () => {
    const server = await openControl({ node, kind: "daemon" }, place);
    const attached = (await attach(place))!;
    await node.setAway("吃饭");
    // An answer comes after the events before it.
    await attached.call("status", {});
    expect(attached.node.self.away).toBe("吃饭");
    const first: string[] = [];
    const second: string[] = [];
    attached.node.subscribe(({ kind }) => first.push(kind));
    attached.node.subscribe(({ kind }) => second.push(kind));
    await node.setAway(null);
    await attached.call("status", {});
    expect([first, second]).toEqual([["self", "self"], ["self"]]);
    await attached.node.close();
    await server.close();
  });

  /** Somebody in the place of the instance who treats every connection like this; `ended` resolves with the count of those that are over. */
  async function strangeInstance(treat: (socket: Socket) => void) {
    const ended = counter();
    const server: Server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("close", ended.add);
      socket.resume();
      treat(socket);
    });
    await new Promise<void>((resolve) => server.listen(place.path, resolve));
    writeFileSync(place.keyFile, "0".repeat(32));
    return {
      ended: ended.reached,
      close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
    };
  }

  const helloLine = '{"hello":{"version":1,"program":"x","pid":1,"kind":"daemon","port":2425}}\n';

  it.each([
    ["refuses the greeting", (socket: Socket) => void socket.end('{"error":{"code":"control-refused"}}\n')],
    ["greets and goes", (socket: Socket) => void socket.end(helloLine)],
  ])("comes back to an instance that %s: one try a second, until the real one is there", async (_, treat) => {
    const { begun, pause, second } = pauses();
    let server = await openControl({ node, kind: "daemon" }, place);
    const attached = (await attach(place, { messages: 10, reconnect: true, pause }))!;
    const codes: string[] = [];
    const lost = new Promise<void>((resolve) => {
      attached.node.subscribe((event: Event) => {
        if (event.kind !== "notice") return;
        codes.push(event.code);
        if (event.code === "control-lost") resolve();
      });
    });
    await server.close();
    await lost;
    const strange = await strangeInstance(treat);
    for (let tries = 1; tries <= 4; tries += 1) {
      // One row waits for its next try; a second one would have begun at the end of the first connection.
      expect(await begun(tries)).toBe(1);
      await second();
      expect(await strange.ended(tries)).toBe(tries);
    }
    expect(await begun(5)).toBe(1);
    await strange.close();
    server = await openControl({ node, kind: "daemon" }, place);
    const back = new Promise<void>((resolve) => {
      attached.node.subscribe((event) => {
        if (event.kind === "notice" && event.code === "control-back") resolve();
      });
    });
    await second();
    await back;
    expect(codes).toEqual(["control-lost", "control-back"]);
    await attached.node.close();
    await server.close();
  });
});
