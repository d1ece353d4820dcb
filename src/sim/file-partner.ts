// A virtual peer's files: offers a text and a folder, gives them on its own port to whoever asks, and takes what is offered to it, in
// the way of the program it plays. Keeps nothing of what it takes but names, sizes and a checksum, which it tells.
import type { Endpoint, StreamConnection, StreamTransport, TextCodec } from "../index.js";
import {
  buildDirParent,
  buildEncryptedRequest,
  buildName,
  createDirStreamReader,
  createRequestReader,
  encode,
  fileType,
  hasOption,
  optionBits,
  parseEncryptedRequest,
  parsePacketNo,
  type FileRecord,
  type FileRequest,
  type Packet,
} from "../protocol.js";
import type { FileHabits } from "./file-habits.js";
import type { Letters } from "./letters.js";
import type { Persona } from "./persona.js";

export interface FilePartner {
  /** Begins to give at this port. */
  open(port: number): Promise<void>;
  /** Section 1 of an offer with this packet number. */
  buildOffer(packetNo: string): string;
  /** Takes what a message offers; resolves with a line about what came. */
  take(packet: Packet, files: readonly FileRecord[], from: Endpoint): Promise<string>;
  close(): Promise<void>;
}

interface Wish {
  readonly request: FileRequest;
  readonly cipher: ReturnType<Letters["openBody"]>;
}

interface Sealed {
  readonly bytes: Uint8Array;
  readonly cipher: NonNullable<Wish["cipher"]>;
}

interface Thing {
  readonly name: string;
  readonly content: string;
}

/** What is taken at most of one thing. */
const mostBytes = 64 * 1024 * 1024;
/** A file's records and times all have this one. */
const mtime = 0x5f5e1000;

export const createFilePartner = (
  persona: Persona,
  habits: FileHabits,
  streams: StreamTransport,
  codec: TextCodec,
  letters: Letters,
): FilePartner => {
  const { nick, group, charset } = persona;
  const text: Thing = { name: `${nick}的便签.txt`, content: `${group} ${nick}\n`.repeat(400) };
  const folderName = `${group}资料`;
  const inFolder: readonly Thing[] = [
    { name: "一.txt", content: "one\n" },
    { name: "空.txt", content: "" },
    { name: "照片.dat", content: "0123456789abcdef".repeat(5_000) },
  ];
  const offered = new Map<string, Thing | "folder">();

  const bytesOf = (content: string): Uint8Array => codec.encode(content, "utf-8");

  const record = (name: string, size: number, attr: number): Uint8Array => {
    const times = habits.writesTimes ? `14=${mtime.toString(16)}:` : "";
    const sizeText = size.toString(16).padStart(habits.sizeDigits, "0");
    const body = codec.encode(`:${buildName(name)}:${sizeText}:${attr.toString(16)}:${times}`, charset);
    return joined([codec.encode((body.length + 4).toString(16).padStart(4, "0"), "ascii"), body]);
  };

  const tree = (): Uint8Array =>
    joined([
      record(folderName, 0, fileType.directory),
      ...inFolder.flatMap(({ name, content }) => {
        const bytes = bytesOf(content);
        return [record(name, bytes.length, fileType.regular), bytes];
      }),
      buildDirParent(codec),
    ]);

  /** One file as a stream of records, as it is asked for under seal. */
  const single = ({ name, content }: Thing): Uint8Array => {
    const bytes = bytesOf(content);
    return joined([record(name, bytes.length, fileType.regular), bytes]);
  };

  /** What is asked for, and with what the answer is encrypted; null for what is no request, or none of the user's. */
  const wishOf = (packet: Packet, request: FileRequest | null): Wish | null => {
    if (!hasOption(packet.command, "ENCRYPTOPT")) return request === null ? null : { request, cipher: null };
    const inside = habits.encrypts ? letters.openRequest(packet) : null;
    const sealed =
      inside === null ? null : parseEncryptedRequest(inside, packet.mode === 0x62 ? "dir" : "file");
    if (sealed === null || sealed.bodyKeyHex === null) return null;
    return { request: sealed.request, cipher: letters.openBody(sealed.bodyKeyHex, packet.packetNo) };
  };

  const serve = async (connection: StreamConnection): Promise<void> => {
    const reader = createRequestReader(codec, { legacyCharset: charset });
    try {
      let progress = reader.feed((await connection.read()) ?? new Uint8Array(0));
      while (progress.kind === "need-more") {
        // oxlint-disable-next-line no-await-in-loop -- a request may come in pieces
        const bytes = await connection.read();
        progress = bytes === null ? reader.end() : reader.feed(bytes);
        if (bytes === null) break;
      }
      const asked = progress.kind === "request" ? wishOf(progress.packet, progress.request) : null;
      const request = asked?.request ?? null;
      const thing = request === null ? undefined : offered.get(`${request.packetNo} ${request.fileIdIfHex}`);
      if (request === null || thing === undefined) return;
      const offset = habits.honoursOffset ? (request.offset ?? 0) : 0;
      const body =
        thing === "folder"
          ? tree()
          : request.type === "dir"
            ? single(thing)
            : bytesOf(thing.content).subarray(offset);
      await connection.write(asked?.cipher?.update(body) ?? body);
      await connection.end();
      while ((await connection.read()) !== null);
    } catch {
      // Gone: nothing to give.
    } finally {
      connection.close();
    }
  };

  const requestBytes = (packet: Packet, file: FileRecord): Uint8Array => {
    const isFolder = file.type === fileType.directory;
    const numbers = `${BigInt(packet.packetNo).toString(16)}:${BigInt(file.id).toString(16)}`;
    const bytes = encode(
      {
        version: habits.requestVersion ?? persona.version,
        packetNo: parsePacketNo(packet.packetNo) ?? packet.packetNo,
        user: persona.user,
        host: persona.host,
        command: (isFolder ? 0x62 : 0x60) | habits.requestBits,
        sections: [numbers + (isFolder ? habits.folderTail : habits.fileTail)],
        charset,
      },
      codec,
    );
    return habits.endsInNul ? bytes : bytes.subarray(0, bytes.length - 1);
  };

  let lastRequestNo = 0;

  /** The request under seal, for a file too as for a stream of records, and what opens the answer; null: in clear. */
  const sealedRequest = (packet: Packet, file: FileRecord): Sealed | null => {
    if (!habits.encrypts || !hasOption(packet.command, "ENCRYPTOPT") || !letters.canSeal()) return null;
    lastRequestNo = Math.max(lastRequestNo + 1, Number(packet.packetNo));
    const packetNo = parsePacketNo(String(lastRequestNo)) ?? packet.packetNo;
    const bodyKeyHex = letters.newBodyKey();
    const wish = buildEncryptedRequest({
      type: "dir",
      packetNo: BigInt(packet.packetNo),
      fileId: BigInt(file.id),
      offset: 0n,
      bodyKeyHex,
      replayNo: BigInt(packetNo),
    });
    const section = letters.sealRequest(wish, packetNo);
    const cipher = letters.openBody(bodyKeyHex, packetNo);
    if (section === null || cipher === null) return null;
    const { version, user, host } = persona;
    const bits = optionBits.ENCRYPTOPT | optionBits.ENCFILEOPT | habits.requestBits;
    const command = (0x62 | bits) >>> 0;
    return {
      bytes: encode({ version, packetNo, user, host, command, sections: [section], charset }, codec),
      cipher,
    };
  };

  /** Bytes of one thing, as they come, and a checksum over those of its files. */
  const fetch = async (packet: Packet, file: FileRecord, from: Endpoint): Promise<string> => {
    const isFolder = file.type === fileType.directory;
    const size = Number(file.sizeBytes);
    let count = 0;
    let sum = 0x811c9dc5;
    let files = 0;
    let isDone = !isFolder && size === 0;
    const add = (bytes: Uint8Array): void => {
      for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
      count += bytes.length;
      if (count > mostBytes) isDone = true;
    };
    const root = isFolder ? "folder" : "file";
    const reader = createDirStreamReader({ codec, charset, isSafeName: () => true, root });
    const sealed = sealedRequest(packet, file);
    const connection = await streams.connect(from).connection;
    try {
      await connection.write(sealed?.bytes ?? requestBytes(packet, file));
      while (!isDone) {
        // oxlint-disable-next-line no-await-in-loop -- a stream is one thing after another
        const arrived = await connection.read();
        if (arrived === null) break;
        const bytes = sealed?.cipher.update(arrived) ?? arrived;
        if (!isFolder && sealed === null) {
          add(bytes.subarray(0, size - count));
          isDone = count >= size;
          continue;
        }
        for (const event of reader.feed(bytes)) {
          if (event.kind === "data") add(event.bytes);
          if (event.kind === "file") files += 1;
          if (event.kind === "complete" || event.kind === "refused") isDone = true;
        }
      }
    } finally {
      connection.close();
    }
    const mark = (sum >>> 0).toString(16).padStart(8, "0");
    const what = isFolder ? `${files} 个文件，` : "";
    return `${file.name}（${what}${count} 字节，校验 ${mark}${sealed === null ? "" : "，加密收的"}${isDone ? "" : "，没收完"}）`;
  };

  return {
    open: (port) =>
      streams.listen(port, { arrived: (connection) => void serve(connection), problem: () => undefined }),

    buildOffer(packetNo) {
      const first = habits.firstId === "packet" ? Number(packetNo) - 1 : habits.firstId;
      const things: readonly (Thing | "folder")[] = habits.takesFolders ? [text, "folder"] : [text];
      return things
        .map((thing, at) => {
          offered.set(`${Number(packetNo)} ${first + at}`, thing);
          const [name, size, attr] =
            thing === "folder"
              ? [folderName, 1, fileType.directory]
              : [thing.name, bytesOf(thing.content).length, fileType.regular];
          const about = `${first + at}:${buildName(name)}:${size.toString(16)}`;
          // Feige has times in other places and no end of a record.
          if (habits.recordEnd === "") return `${about}:0:1:${mtime.toString(16)}:${mtime.toString(16)}:0:`;
          return `${about}:${mtime.toString(16)}:${attr.toString(16)}:${habits.recordEnd}`;
        })
        .join("");
    },

    async take(packet, files, from) {
      const lines: string[] = [];
      for (const file of files) {
        if (file.type === fileType.directory && !habits.takesFolders)
          lines.push(`${file.name}（我这边收不了文件夹）`);
        else if (file.sizeBytes === 0n && !habits.fetchesEmpty) lines.push(`${file.name}（空文件）`);
        else {
          // oxlint-disable-next-line no-await-in-loop -- one after another, as these programs do
          lines.push(await fetch(packet, file, from).catch(() => `${file.name}（没收到）`));
        }
      }
      return `收到 ${lines.join("、")}`;
    },

    close: () => streams.close(),
  };
};

const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};
