// Messages as the log takes them: the same values in less memory, and alike where they are equal, so that packing them can go by identity.
// Empty lists are one list, names and addresses that came before are those, and the bytes of a few datagrams lie in one block instead
// of one each. Called by conversations.ts.
import { sameEndpoint } from "./endpoint.js";
import type { Message } from "./model.js";
import type { Endpoint } from "../ports/transport.js";

export interface Compactor {
  compact(message: Message): Message;
}

/** Room for some eighty datagrams of ordinary talk; a block lives as long as one of its messages is not packed. */
const blockBytes = 8 * 1024;
/** Larger ones have a block of their own. */
const largeBytes = 1024;
/** Different values remembered; past it memory is begun anew, and nothing but the saving is lost. */
const rememberedLimit = 4_000;

const none: readonly never[] = Object.freeze([]);

function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : list;
}

export function createCompactor(): Compactor {
  const remembered = new Map<string, unknown>();
  let block = new Uint8Array(0);
  let used = 0;

  /** The first value that came under this key. */
  function same<T>(key: string, value: T): T {
    const known = remembered.get(key);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each kind of value has keys of its own
    if (known !== undefined) return known as T;
    if (remembered.size >= rememberedLimit) remembered.clear();
    remembered.set(key, value);
    return value;
  }

  function bytesOf(bytes: Uint8Array): Uint8Array {
    if (bytes.length >= largeBytes) return bytes.slice();
    if (used + bytes.length > block.length) {
      block = new Uint8Array(blockBytes);
      used = 0;
    }
    const place = block.subarray(used, used + bytes.length);
    place.set(bytes);
    used += bytes.length;
    return place;
  }

  // Most messages have these in common with the one before: then no key need be made to find them.
  let lastOptions: readonly string[] = none;
  let lastName = "";
  let lastEndpoint: Endpoint | null = null;

  function optionsOf(options: readonly string[]): readonly string[] {
    const isLast =
      options.length === lastOptions.length && options.every((name, at) => name === lastOptions[at]);
    if (!isLast) lastOptions = same(`o ${options.join(" ")}`, options);
    return lastOptions;
  }

  function nameOf(name: string): string {
    if (name !== lastName) lastName = same(`n ${name}`, name);
    return lastName;
  }

  function endpointOf(endpoint: Endpoint | null): Endpoint | null {
    if (endpoint === null) return null;
    if (lastEndpoint === null || !sameEndpoint(endpoint, lastEndpoint)) {
      lastEndpoint = same(`e ${endpoint.address} ${endpoint.port}`, endpoint);
    }
    return lastEndpoint;
  }

  return {
    compact: (message) => ({
      ...message,
      to: orNone(message.to),
      files: orNone(message.files),
      images: orNone(message.images),
      deliveries: orNone(message.deliveries),
      options: optionsOf(message.options),
      peerName: nameOf(message.peerName),
      endpoint: endpointOf(message.endpoint),
      displayText: message.displayText === message.text ? message.text : message.displayText,
      raw: bytesOf(message.raw),
    }),
  };
}
