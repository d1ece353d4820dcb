// DATA datagrams of one session for a flood: the filling repeats every 256 numbers, so 256 forms hold all of it together with its share
// of the checksum, and a datagram costs its number, its time and seven look-ups, however long it is. Gives the same bytes as
// `buildMessage`. A form is lent until the system has taken it. Used by `run-initiator`.
import { createZeroStep, step } from "./crc32.js";
import { buildHeader, fillPattern, headerBytes, type Token, writeU32, writeU64 } from "./header.js";
import { types } from "./message-types.js";

/** Larger ones are rare in a flood, and 256 of them too much memory. */
export const mostFormBytes = 2_048;

export interface DataForm {
  /** Valid until `free`. */
  readonly bytes: Uint8Array;
  /** The system has taken the bytes. */
  free(): void;
}

export interface DataForms {
  /** Null: the form of this number is still lent. */
  take(seq: number, t1: number): DataForm | null;
}

const forms = 256;
const seqAt = 12;
const t1End = 24;
const crcAt = 28;

interface Form extends DataForm {
  isLent: boolean;
  /** What all behind t1 adds to the checksum. */
  readonly rest: number;
}

export function createDataForms(token: Token, sizeBytes: number): DataForms {
  const blank = createForm(token, sizeBytes, 0);
  const start = step(0xffffffff, blank.bytes, 0, seqAt);
  const passRest = createZeroStep(sizeBytes - t1End);
  const made: Form[] = [blank];
  return {
    take: (seq, t1) => {
      const form = (made[seq % forms] ??= createForm(token, sizeBytes, seq));
      if (form.isLent) return null;
      const { bytes } = form;
      form.isLent = true;
      writeU32(bytes, seqAt, seq);
      writeU64(bytes, seqAt + 4, t1);
      const crc = passRest(step(start, bytes, seqAt, t1End)) ^ form.rest;
      writeU32(bytes, crcAt, (crc ^ 0xffffffff) >>> 0);
      return form;
    },
  };
}

function createForm(token: Token, sizeBytes: number, seq: number): Form {
  const bytes = new Uint8Array(Math.max(headerBytes, sizeBytes));
  fillPattern(bytes, headerBytes, seq);
  buildHeader(bytes, { type: types.data, token, seq, t1: 0, flags: 0 });
  writeU32(bytes, crcAt, 0);
  const form: Form = {
    bytes,
    isLent: false,
    rest: step(0, bytes, t1End, bytes.length),
    free: () => {
      form.isLent = false;
    },
  };
  return form;
}
