// How the measuring side gets a session: HELLO, the cookie brought back in a START, ACCEPT. Repeated answers change nothing. A part of
// `initiator`, which sends what `ask` is given until it is settled.
import type { LabBody, LabMessage, Terms } from "../wire/message-types.js";
import { buildMessage } from "../wire/messages.js";
import type { Token } from "../wire/header.js";
import type { InitiatorOptions } from "./initiator-types.js";
import { isEqualBytes } from "./lab-crypto.js";
import { markOfStart, reduceTerms } from "./opening.js";
import type { PeerInfo, RunFailure } from "./run-record.js";

export type OpeningKey = "hello" | "start";

export type OpeningStep =
  | { readonly kind: "nothing" }
  | { readonly kind: "asked"; readonly key: OpeningKey }
  | { readonly kind: "accepted"; readonly terms: Terms; readonly token: Token; readonly peer: PeerInfo }
  | { readonly kind: "failed"; readonly failure: RunFailure };

export interface Opening {
  begin(nowNs: number): void;
  take(
    message: LabMessage,
    body: Extract<LabBody, { kind: "cookie" | "accept" }>,
    nowNs: number,
  ): OpeningStep;
  /** The bytes of one of its questions, with the mark of the class code where one is needed. */
  build(message: LabMessage): Uint8Array;
  /** Somebody is there. */
  sawCookie(): boolean;
  roundTripNs(): number;
}

const nothing: OpeningStep = { kind: "nothing" };

export function createOpening(
  options: InitiatorOptions,
  ask: (key: OpeningKey, body: LabBody, nowNs: number) => void,
  settle: (key: OpeningKey) => boolean,
): Opening {
  const { crypto, wanted, codeKey } = options;
  const nonce = crypto.randomBytes(16);
  let isStarted = false;
  let askedNs = 0;
  let rttNs = 0;

  return {
    begin: (nowNs) => {
      askedNs = nowNs;
      ask("hello", { kind: "hello", nonce }, nowNs);
    },
    take: (message, body, nowNs) => {
      // A repeated answer to a question that was answered: seen, and nothing more.
      if (!isEqualBytes(body.nonce, nonce)) return nothing;
      if (body.kind === "cookie") {
        if (isStarted || !settle("hello")) return nothing;
        isStarted = true;
        rttNs = nowNs - askedNs;
        const { cookie } = body;
        const { seed, name, bootMark } = options;
        const auth = new Uint8Array(16);
        ask(
          "start",
          { kind: "start", nonce, cookie, auth, terms: wanted, lane: 0, seed, name, bootMark },
          nowNs,
        );
        return { kind: "asked", key: "start" };
      }
      if (!settle("start")) return nothing;
      if (body.refusal !== "none")
        return { kind: "failed", failure: { kind: "refused", refusal: body.refusal } };
      const { system, nodeMajor, receiveBufferBytes, bootMark } = body;
      return {
        kind: "accepted",
        terms: reduceTerms(wanted, body.terms),
        token: message.token,
        peer: { system, nodeMajor, receiveBufferBytes, bootMark },
      };
    },
    build: (message) => {
      const bytes = buildMessage(message);
      if (codeKey === null || message.body.kind !== "start") return bytes;
      const body = { ...message.body, auth: markOfStart(crypto, codeKey, bytes) };
      return buildMessage({ ...message, body });
    },
    sawCookie: () => isStarted,
    roundTripNs: () => rttNs,
  };
}
