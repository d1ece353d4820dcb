// Which line is bad on purpose: impairments by endpoint, and one for everybody without an entry. Asked by `impaired` for every
// datagram, changed by whoever holds the node. Knows no dice and no datagrams.
import type { Random } from "../ports/random.js";
import type { Endpoint } from "../ports/transport.js";
import { type Impairment, validateImpairment } from "./impairment.js";
import { parseImpairment } from "./impairment-text.js";

/** One entry; `to` null: everybody without one. */
export interface ImpairedLine {
  readonly to: Endpoint | null;
  readonly spec: Impairment;
}

export interface ImpairmentBook {
  /**
   * Sets (or with null or an empty spec ends) what happens to datagrams to and from an endpoint. A missing seed is drawn. Gives what is
   * in force now; throws `impairment-invalid`.
   */
  set(to: Endpoint | null, spec: string | Impairment | null): Impairment | null;
  list(): readonly ImpairedLine[];
  /** What holds for an endpoint; undefined: nothing of its own. */
  of(address: string, port: number): Impairment | undefined;
}

// A person sets these one by one; a program that sets more has made a mistake.
const mostLines = 1_024;

/** `general` is told of the entry for everybody. */
export function createImpairmentBook(
  random: Random,
  general: (spec: Impairment | null) => void,
): ImpairmentBook {
  const lines = new Map<string, { readonly to: Endpoint; readonly spec: Impairment }>();
  let everybody: Impairment | null = null;

  function read(spec: string | Impairment | null): Impairment | null {
    const value = typeof spec === "string" ? parseImpairment(spec) : spec;
    if (value === null || Object.keys(value).every((key) => key === "seed")) return null;
    validateImpairment(value);
    if (value.seed !== undefined) return value;
    return { ...value, seed: String((BigInt(random.uint32()) << 32n) | BigInt(random.uint32())) };
  }

  return {
    set: (to, wanted) => {
      const spec = read(wanted);
      if (to === null) {
        everybody = spec;
        general(spec);
        return spec;
      }
      const key = keyOf(to.address, to.port);
      lines.delete(key);
      if (spec !== null && lines.size < mostLines) lines.set(key, { to: { ...to }, spec });
      return spec;
    },
    list: () => [...(everybody === null ? [] : [{ to: null, spec: everybody }]), ...lines.values()],
    // Most nodes have none, and this is asked for every datagram.
    of: (address, port) => (lines.size === 0 ? undefined : lines.get(keyOf(address, port))?.spec),
  };
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
