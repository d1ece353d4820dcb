// Peers, messages and events as the JSON objects of docs/cli.md section 5. Keys are a contract: add, never rename. What this
// version does not know yet is there with the value that says so.
import type {
  Delivery,
  Event,
  Message,
  Node,
  Offer,
  Peer,
  PeerId,
  Picture,
  Room,
  Transfer,
} from "../index.js";
import { isUnopened, everyone, formatFingerprint, formatEndpoint, roomNumberOf } from "../light.js";

export interface JsonObject {
  readonly type: string;
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const peerFields = (peer: Peer): Readonly<Record<string, unknown>> => ({
  id: peer.id,
  state: peer.state,
  nick: peer.nick,
  group: peer.group,
  user: peer.user,
  host: peer.host,
  address: formatEndpoint(peer.endpoint),
  addresses: peer.addresses.map((known) => formatEndpoint(known.endpoint)),
  dialect: peer.dialect,
  version: peer.version,
  motto: peer.motto,
  charset: peer.charset,
  capabilities: peer.capabilities,
  acceptPolicy: peer.policy.files,
  fingerprint: peer.fingerprint,
  fingerprintWords: spokenForms(peer.fingerprint),
  trust: peer.trust,
  encrypt: peer.encrypt,
  favourite: peer.policy.favourite,
  muted: peer.policy.muted,
  blocked: peer.policy.blocked,
  unlogged: peer.policy.unlogged,
  note: peer.policy.note,
  merged: peer.mergedIds,
});

/** The short form inside other objects. */
export const peerReference = (peer: Peer): Readonly<Record<string, unknown>> => ({
  id: peer.id,
  nick: peer.nick,
  address: formatEndpoint(peer.endpoint),
});

type Known = Pick<Node, "peer">;

const referenceTo = (id: PeerId, known: Known): Readonly<Record<string, unknown>> => {
  const peer = known.peer(id);
  return peer === undefined ? { id, nick: "", address: null } : peerReference(peer);
};

/** A fingerprint as two people compare it aloud. */
const spokenForms = (fingerprint: string | null): Readonly<Record<string, string>> | null =>
  fingerprint === null
    ? null
    : {
        "zh-CN": formatFingerprint(fingerprint, "zh-CN"),
        en: formatFingerprint(fingerprint, "en"),
        digits: formatFingerprint(fingerprint, "digits"),
      };

export const messageFields = (message: Message, known: Known): Readonly<Record<string, unknown>> => {
  const several = message.direction === "out" && message.to.length > 1;
  const offer = offerOf(message, known);
  return {
    id: message.id,
    direction: message.direction,
    peer:
      message.peerId === null || message.peerId === everyone || several
        ? null
        : referenceTo(message.peerId, known),
    ...(several ? { to: message.to.map((id) => referenceTo(id, known)) } : {}),
    feiqGroup: roomNumberOf(message.conversation),
    packetNo: message.packetNo,
    text: isUnopened(message) ? null : message.displayText,
    charset: message.charset,
    charsetReason: message.charsetReason,
    options: message.options,
    sealed: message.sealed,
    locked: message.locked,
    openedAt: message.openedAt === null ? null : new Date(message.openedAt).toISOString(),
    encrypted: message.encryption !== null,
    cipher: message.encryption?.cipher ?? null,
    signed: message.encryption?.signature === "valid",
    signature: message.encryption?.signature ?? "none",
    recipients: message.recipients,
    recalled: message.recalled,
    broadcast: message.broadcast,
    autoReply: message.autoReply,
    dialect: message.dialect,
    raw: Buffer.from(message.raw).toString("base64"),
    files: offer === undefined ? [] : [offer],
  };
};

/** What a message offers; undefined when it offers nothing. */
const offerOf = (message: Message, known: Known): Readonly<Record<string, unknown>> | undefined =>
  message.files.length === 0
    ? undefined
    : {
        offerId: message.id,
        direction: message.direction,
        peer: message.peerId === null ? null : referenceTo(message.peerId, known),
        files: message.files.map((file) => ({
          fileId: file.id,
          name: file.name,
          kind: kindOf(file.type),
          sizeBytes: sizeOf(file.sizeBytes),
        })),
      };

/** An offer as the node keeps it: with what became of it at each party. */
export const offerFields = (offer: Offer, known: Known): Readonly<Record<string, unknown>> => {
  const [first, ...others] = offer.parties;
  return {
    offerId: offer.offerId,
    direction: offer.direction,
    peer: first === undefined || others.length > 0 ? null : referenceTo(first.peerId, known),
    ...(others.length > 0
      ? { to: offer.parties.map(({ peerId, state }) => ({ ...referenceTo(peerId, known), state })) }
      : { state: first?.state ?? "open" }),
    unfinished: offer.isUnfinished,
    files: offer.files.map(({ fileId, name, kind, sizeBytes }) => ({ fileId, name, kind, sizeBytes })),
  };
};

export const transferFields = (transfer: Transfer, known: Known): Readonly<Record<string, unknown>> => {
  const { state, startedAt, doneBytes, resumedBytes, bytesPerSecond } = transfer;
  const isMoving = state === "started" && startedAt !== null && doneBytes > resumedBytes;
  return {
    offerId: transfer.offerId,
    fileId: transfer.fileId,
    direction: transfer.direction,
    peer: referenceTo(transfer.peerId, known),
    name: transfer.name,
    kind: transfer.kind,
    state: isMoving ? "progress" : state,
    doneBytes,
    totalBytes: transfer.totalBytes,
    bytesPerSecond,
    resumedBytes,
    doneFiles: transfer.doneFiles,
    skipped: transfer.skipped,
    verified: transfer.isVerified,
    cipher: transfer.cipher,
    path: transfer.path,
    sha256: transfer.sha256,
    reason: transfer.reason,
    fields: transfer.fields,
  };
};

const pictureFields = (picture: Picture, known: Known): Readonly<Record<string, unknown>> => ({
  imageId: picture.imageId,
  peer: referenceTo(picture.peerId, known),
  direction: picture.direction,
  state: picture.state,
  format: picture.format,
  sizeBytes: picture.sizeBytes,
  path: picture.path,
  reason: picture.reason,
});

/** What a peer's program answered to a question of ours. */
export const infoFields = ({
  peer,
  what,
  text,
}: Extract<Event, { kind: "info" }>): Readonly<Record<string, unknown>> => ({
  peer: peerReference(peer),
  what,
  text,
});

export const roomFields = (room: Room, known: Known): Readonly<Record<string, unknown>> => ({
  number: room.number,
  joined: room.joined,
  members: room.members.map(({ peerId, name, endpoint }) =>
    peerId === null
      ? { id: null, nick: name, address: formatEndpoint(endpoint) }
      : referenceTo(peerId, known),
  ),
});

const kindOf = (type: number): "file" | "folder" | "image" =>
  type === 2 ? "folder" : type === 0x20 ? "image" : "file";

/** Sizes are claims: -1 printed as unsigned means unknown, and what a JSON number cannot carry is no size either. */
const sizeOf = (sizeBytes: bigint): number | null =>
  sizeBytes === 0xffff_ffffn || sizeBytes > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(sizeBytes);

export const deliveryFields = (delivery: Delivery, known: Known): Readonly<Record<string, unknown>> => ({
  messageId: delivery.messageId,
  // A broadcast has no receiver of its own, and a FeiQ group neither.
  peer:
    delivery.peerId === everyone || roomNumberOf(delivery.peerId) !== null
      ? null
      : referenceTo(delivery.peerId, known),
  state: delivery.state,
  attempt: delivery.attempt,
  rttMs: delivery.rttMs,
  cipher: delivery.cipher,
});

/** The objects that an event is for `watch --json`: usually one, a message with files two, an inner matter none. */
export const eventObjects = (event: Event, known: Known): readonly JsonObject[] => {
  switch (event.kind) {
    case "peer":
      return [{ type: "peer", at: event.at, fields: peerFields(event.peer) }];
    case "peer-split":
      return [{ type: "peer", at: event.at, fields: { ...peerFields(event.peer), splitFrom: event.from } }];
    case "peer-merged":
      return [{ type: "peer", at: event.at, fields: { ...peerFields(event.into), mergedFrom: event.from } }];
    case "message": {
      const { message } = event;
      const object: JsonObject = { type: "message", at: message.at, fields: messageFields(message, known) };
      const offer = offerOf(message, known);
      return offer === undefined ? [object] : [object, { type: "offer", at: message.at, fields: offer }];
    }
    case "message-changed":
      return [
        { type: "message", at: event.at, fields: { ...messageFields(event.message, known), changed: true } },
      ];
    case "alarm": {
      const { reason, knownFingerprint, newFingerprint, address } = event.alarm;
      const peer = peerReference(event.peer);
      return [
        { type: "alarm", at: event.at, fields: { peer, reason, knownFingerprint, newFingerprint, address } },
      ];
    }
    case "delivery":
      return [{ type: "delivery", at: event.delivery.at, fields: deliveryFields(event.delivery, known) }];
    case "knock":
      return [{ type: "knock", at: event.at, fields: { peer: peerReference(event.peer) } }];
    case "knock-answered": {
      const fields = { peer: peerReference(event.peer), answered: event.answered };
      return [{ type: "knock", at: event.at, fields }];
    }
    case "typing":
      return [
        { type: "typing", at: event.at, fields: { peer: peerReference(event.peer), active: event.active } },
      ];
    case "notice":
      return [{ type: "notice", at: event.at, fields: { code: event.code, fields: event.fields } }];
    case "info":
      return [{ type: "info", at: event.at, fields: infoFields(event) }];
    case "room":
      return [{ type: "feiqGroup", at: event.at, fields: roomFields(event.room, known) }];
    case "offer":
      // With a message it was printed as the message came.
      return event.change === "appeared" && !event.offer.isUnfinished
        ? []
        : [{ type: "offer", at: event.at, fields: offerFields(event.offer, known) }];
    case "transfer":
      return [{ type: "transfer", at: event.at, fields: transferFields(event.transfer, known) }];
    case "picture":
      return [{ type: "image", at: event.at, fields: pictureFields(event.picture, known) }];
    case "duplicate":
    case "probe":
    case "self":
    case "network":
    case "read":
    case "reread":
      return [];
    default: {
      const never: never = event;
      return never;
    }
  }
};
