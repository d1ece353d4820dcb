import { array, assert as check, integer, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { startChildProgram } from "../../../src/lab/demos/child-program.js";
import {
  buildPrefixed,
  createPrefixDecoder,
  type PrefixEvent,
} from "../../../src/lab/demos/length-prefix.js";

describe("messages with their length in front", () => {
  it("are found again however the stream is cut", () => {
    const message = uint8Array({ maxLength: 40 });
    check(
      property(array(message, { maxLength: 8 }), array(integer({ min: 1, max: 30 })), (messages, cuts) => {
        const stream = Buffer.concat(messages.map(buildPrefixed));
        const decoder = createPrefixDecoder(40);
        const events: PrefixEvent[] = [];
        let at = 0;
        for (const size of [...cuts, stream.length]) {
          events.push(...decoder.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(events).toEqual(messages.map((bytes) => ({ kind: "message", bytes })));
        expect(decoder.pendingBytes).toBe(0);
      }),
    );
  });

  it("are bounded: a length that no message has ends the stream", () => {
    const decoder = createPrefixDecoder(100);
    expect(decoder.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2))).toEqual([
      { kind: "broken", claimedBytes: 0xffff_ffff },
    ]);
    expect(decoder.push(buildPrefixed(Uint8Array.of(1)))).toEqual([]);
    check(
      property(array(uint8Array()), (chunks) => {
        const hostile = createPrefixDecoder(64);
        for (const chunk of chunks) hostile.push(chunk);
        expect(hostile.pendingBytes).toBeLessThanOrEqual(68);
      }),
    );
  });

  it("say how much of one is there", () => {
    const decoder = createPrefixDecoder(100);
    decoder.push(Uint8Array.of(0, 0));
    expect(decoder.pendingBytes).toBe(2);
    decoder.push(Uint8Array.of(0, 3, 9));
    expect(decoder.pendingBytes).toBe(5);
  });
});

describe("a child program", () => {
  const source = `
    const settings = JSON.parse(process.argv[process.argv.length - 1]);
    process.send({ pid: process.pid, got: settings.word });
    process.on("message", (message) => process.send({ back: message.say }));
  `;

  it("talks, and is gone afterwards", async () => {
    const child = startChildProgram(source, { word: "你好" });
    const told = await child.next(8_000);
    expect(told["got"]).toBe("你好");
    child.tell({ say: 7 });
    expect(await child.next(8_000)).toEqual({ back: 7 });
    await child.close();
    expect(() => process.kill(Number(told["pid"]), 0)).toThrow("ESRCH");
    await child.close();
  });

  it("tells that it ended, or says nothing", async () => {
    const child = startChildProgram("process.exit(3)", {});
    await expect(child.next(8_000)).rejects.toThrow("ended");
    await child.close();
    const silent = startChildProgram("setInterval(() => undefined, 1000)", {});
    await expect(silent.next(20)).rejects.toThrow("silent");
    await silent.close();
  });
});
