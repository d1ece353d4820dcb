// The mark of what was encrypted on its way: one column before a message and beside a file. A padlock is an emoji, which terminals draw
// in one, two or no columns; these two have an ASCII form for terminals that draw them wide (text/ascii-form.ts).
import type { MessageEncryption, Transfer } from "../../index.js";
import type { World } from "../world.js";

/** Encrypted, and known by whom. */
export const provenLock = "◆";
/** Encrypted, by whom is not proven. */
export const plainLock = "◇";

/** `◆` signed, `◇` not, `◇?` signed with a key that we do not have yet. A wrong signature has words, see protection.ts. */
export function lockOf({ signature }: MessageEncryption): string {
  return signature === "valid" ? provenLock : signature === "unknown" ? `${plainLock}?` : plainLock;
}

/** `AES-256-CBC, signed`: what the mark means, where there is room to say it. */
export function protectionWords({ cipher, signature }: MessageEncryption, world: World): string {
  return world.text(`protection.${signature}`, { cipher: cipher.toUpperCase() });
}

/** Before the name of a file whose bytes came or went encrypted; empty for the others. Such requests are always signed. */
export function fileLock(transfer: Pick<Transfer, "cipher"> | null): string {
  return transfer === null || transfer.cipher === null ? "" : `${provenLock} `;
}
