// Whose key is whose: keys are pinned at first use, and a changed key or a known name at a new address without its key raises an
// alarm that a person must answer. Knows no packets; key-exchange.ts and encryption.ts ask and tell it.
import { limits } from "./limits.js";
import type { EncryptPolicy, PeerId } from "./model.js";
import type { PublicKeyBody } from "../protocol/message.js";
import type { PublicKey } from "../protocol/encryption/message-cipher.js";

export type TrustState =
  /** No key was ever seen. */
  | "unknown"
  /** The key of the first time; nobody compared it. */
  | "pinned"
  /** Two people compared the fingerprint. */
  | "verified"
  /** Something does not fit; nothing encrypted goes out until it is answered. */
  | "alarm";

/** What is kept of one peer, on disk too. */
export interface TrustRecord {
  readonly peerId: PeerId;
  readonly key: PublicKeyBody | null;
  readonly fingerprint: string | null;
  readonly pinnedAt: number;
  readonly verified: boolean;
  /** Where the owner of the key was met. */
  readonly addresses: readonly string[];
  /** Keys that a person said no to. */
  readonly rejected: readonly string[];
  /** The user's choice for this peer; null as the settings say. */
  readonly policy: EncryptPolicy | null;
}

export type AlarmReason = "key-changed" | "name-moved";

/** Something that does not fit a known key. */
export interface TrustAlarm {
  readonly peerId: PeerId;
  readonly reason: AlarmReason;
  /** The key that is pinned, and for a changed one the other. */
  readonly knownFingerprint: string;
  readonly newFingerprint: string | null;
  readonly address: string;
  readonly at: number;
}

/** What a person says to an alarm, or after comparing fingerprints. */
export type TrustAnswer = "accept" | "reject" | "verify" | "forget";

/** What came of a key that a peer told. */
export type Offered = "pinned" | "same" | "changed" | "rejected";

export interface Trust {
  get(id: PeerId): TrustRecord | undefined;
  alarm(id: PeerId): TrustAlarm | undefined;
  stateOf(id: PeerId): TrustState;
  /** A peer told its key, from this address. */
  offer(id: PeerId, key: PublicKeyBody, fingerprint: string, address: string, now: number): Offered;
  /** It is known, and was never met at this address. */
  isNewAddress(id: PeerId, address: string): boolean;
  /** The owner of the key was met there. */
  noteAddress(id: PeerId, address: string): void;
  /** A known name at a place where its key is not; false when an alarm rings already. */
  moved(id: PeerId, address: string, now: number): boolean;
  /** False when there is nothing to answer. */
  answer(id: PeerId, answer: TrustAnswer, now: number): boolean;
  setPolicy(id: PeerId, policy: EncryptPolicy | null): void;
  /** A peer turned out to be another entry; false when it keeps a record of its own. An alarm goes along. */
  move(from: PeerId, to: PeerId): boolean;
  all(): readonly TrustRecord[];
  /** True once after every change of what is kept. */
  takeChanged(): boolean;
}

interface Ringing extends TrustAlarm {
  readonly key: PublicKeyBody | null;
}

export function createTrust(kept: readonly TrustRecord[]): Trust {
  const records = new Map<PeerId, TrustRecord>();
  const ringing = new Map<PeerId, Ringing>();
  let changed = false;
  for (const record of kept.slice(0, limits.trustRecords)) records.set(record.peerId, record);

  function put(record: TrustRecord): void {
    const before = records.get(record.peerId);
    if (before === undefined && records.size >= limits.trustRecords) {
      // The oldest that nobody compared and nobody decided anything about.
      for (const one of records.values()) {
        if (one.verified || one.policy !== null) continue;
        records.delete(one.peerId);
        break;
      }
      if (records.size >= limits.trustRecords) return;
    }
    records.set(record.peerId, record);
    changed = true;
  }

  function edit(id: PeerId, part: Partial<TrustRecord>): void {
    const record = records.get(id) ?? empty(id);
    put({ ...record, ...part });
  }

  function pin(id: PeerId, key: PublicKeyBody, fingerprint: string, address: string, now: number): void {
    edit(id, { key, fingerprint, pinnedAt: now, verified: false, addresses: [address] });
  }

  return {
    get: (id) => records.get(id),
    alarm: (id) => ringing.get(id),

    stateOf(id) {
      if (ringing.has(id)) return "alarm";
      const record = records.get(id);
      if (record === undefined || record.key === null) return "unknown";
      return record.verified ? "verified" : "pinned";
    },

    offer(id, key, fingerprint, address, now) {
      const record = records.get(id);
      if (record === undefined || record.key === null || record.fingerprint === null) {
        pin(id, key, fingerprint, address, now);
        return "pinned";
      }
      if (isSameKey(record.key, key)) {
        // Its program may have learned something; the key is the same.
        if (record.key.caps !== key.caps) edit(id, { key });
        return "same";
      }
      if (record.rejected.includes(fingerprint)) return "rejected";
      ringing.set(id, {
        peerId: id,
        reason: "key-changed",
        knownFingerprint: record.fingerprint,
        newFingerprint: fingerprint,
        address,
        at: now,
        key,
      });
      return "changed";
    },

    isNewAddress(id, address) {
      const record = records.get(id);
      return record !== undefined && record.key !== null && !record.addresses.includes(address);
    },

    noteAddress(id, address) {
      const record = records.get(id);
      if (record === undefined || record.addresses.includes(address)) return;
      edit(id, { addresses: [address, ...record.addresses].slice(0, limits.addressesPerPeer) });
    },

    moved(id, address, now) {
      const fingerprint = records.get(id)?.fingerprint ?? null;
      if (ringing.has(id) || fingerprint === null) return false;
      ringing.set(id, {
        peerId: id,
        reason: "name-moved",
        knownFingerprint: fingerprint,
        newFingerprint: null,
        address,
        at: now,
        key: null,
      });
      return true;
    },

    answer(id, answer, now) {
      const alarm = ringing.get(id);
      const record = records.get(id);
      switch (answer) {
        case "forget":
          ringing.delete(id);
          if (record === undefined) return false;
          edit(id, { key: null, fingerprint: null, verified: false, addresses: [], rejected: [] });
          return true;
        case "verify":
          if (record === undefined || record.key === null || alarm !== undefined) return false;
          edit(id, { verified: true });
          return true;
        case "accept":
          if (alarm === undefined) return false;
          ringing.delete(id);
          if (alarm.key !== null && alarm.newFingerprint !== null)
            pin(id, alarm.key, alarm.newFingerprint, alarm.address, now);
          else this.noteAddress(id, alarm.address);
          return true;
        case "reject":
          if (alarm === undefined) return false;
          ringing.delete(id);
          if (alarm.newFingerprint !== null)
            edit(id, {
              rejected: [alarm.newFingerprint, ...(record?.rejected ?? [])].slice(0, limits.rejectedKeys),
            });
          return true;
        default: {
          const never: never = answer;
          return never;
        }
      }
    },

    setPolicy(id, policy) {
      edit(id, { policy });
    },

    move(from, to) {
      const record = records.get(from);
      if (record === undefined || records.has(to)) return false;
      records.delete(from);
      put({ ...record, peerId: to });
      const alarm = ringing.get(from);
      if (ringing.delete(from) && alarm !== undefined) ringing.set(to, { ...alarm, peerId: to });
      return true;
    },

    all: () => [...records.values()],

    takeChanged() {
      const was = changed;
      changed = false;
      return was;
    },
  };
}

function empty(peerId: PeerId): TrustRecord {
  return {
    peerId,
    key: null,
    fingerprint: null,
    pinnedAt: 0,
    verified: false,
    addresses: [],
    rejected: [],
    policy: null,
  };
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return a.n === b.n && a.e === b.e;
}
