// Message ids: 26 characters of Crockford's base 32 as in ULID (github.com/ulid/spec): 48 bits of time, then 80 bits that start
// at chance and count up, so that ids sort in the order of making.
import type { Random } from "../ports/random.js";
import type { MessageId } from "./model.js";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function digits(value: number, count: number): string {
  let rest = value;
  let out = "";
  for (let index = 0; index < count; index++) {
    out = alphabet.charAt(rest % 32) + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}

export function createMessageIds(random: Random): (now: number) => MessageId {
  const prefix = digits(random.uint32(), 6) + digits(random.uint32(), 3);
  let counter = random.uint32() >>> 1;
  let time = -1;
  let timeDigits = "";
  return (now) => {
    const at = Math.max(Math.floor(now), time);
    if (at !== time) {
      time = at;
      timeDigits = digits(at, 10);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids are made here only
    return (timeDigits + prefix + digits(counter++, 7)) as MessageId;
  };
}
