// A machine with keys under mutated encrypted messages: no exception, nothing shown that was not sealed for it, one kind of answer.
// `FEIYAN_FUZZ=1000000 npx vitest run --project unit test/core/forged-flood` runs longer, by hand.
import { expect, it } from "vitest";
import { createSeededRandom } from "../../src/node/random.js";
import { chooseSuite } from "../../src/protocol/encryption/capabilities.js";
import { cipherOf, publicKey } from "../crypto/keys.js";
import { conversation } from "./conversation.js";

it("mutated encrypted messages have one answer, and the real one is still read", () => {
  const count = Number(process.env["FEIYAN_FUZZ"] ?? 250);
  const random = createSeededRandom(11);
  const chance = (below: number): number => random.uint32() % below;
  const suites = [
    { suite: chooseSuite({ caps: "65900004", bits: 2048 }), key: "a2048" },
    { suite: chooseSuite({ caps: "20002", bits: 1024 }), key: "a1024" },
  ] as const;
  const sealed = suites.map(({ suite, key }) =>
    suite === null
      ? ""
      : (cipherOf("b").seal(Buffer.from("真的\0"), suite, publicKey(key), "1" as never) ?? ""),
  );
  const talk = conversation({ cipher: cipherOf("a") }).started();
  const kinds = new Set<string>();
  let shown = 0;
  const note = () => {
    shown += talk.shown().length;
    talk.events.length = 0;
    talk.effects.length = 0;
    for (const { packet } of talk.sent.splice(0))
      kinds.add(
        `${packet?.modeName} ${packet?.options.filter((name) => name !== "UTF8OPT").join("|")} ${packet?.modeName === "SENDMSG" ? packet.text : ""}`,
      );
  };
  for (let round = 0; round < count; round++) {
    let text = sealed[chance(2)] ?? "";
    for (let change = 1 + chance(3); change > 0; change--) {
      const at = chance(text.length);
      text = text.slice(0, at) + "0123456789abcdef:=+/".charAt(chance(20)) + text.slice(at + 1 + chance(2));
    }
    talk.receiveText(
      `1:${2 + round}:u${chance(9)}:pc:${4194592 + (chance(2) === 0 ? 0 : 0x800000)}:${text}\\0`,
    );
    if (round % 100 === 0) {
      talk.advance(1_000);
      note();
    }
  }
  note();
  // A change of a digit in the list of ciphers may leave the rest as it was; those are real messages. Everything else has one answer.
  const answers = [...kinds].filter((kind) => !/^(?:BR_ENTRY|RECVMSG|GETPUBKEY|ANSENTRY)/u.test(kind));
  expect(answers).toEqual([expect.stringMatching(/^SENDMSG AUTORETOPT\|NOLOGOPT .*解密/u)]);
  expect(shown).toBeLessThan(count / 4);
  talk.advance(2_000);
  talk.receiveText(`1:1:real:pc:4194592:${sealed[1]}\\0`, "10.0.0.77");
  const seen = talk.machine.diagnostics().dropped;
  expect(talk.shown().length + (seen["cipher-replayed"] ?? 0)).toBeGreaterThan(0);
}, 3_600_000);
