// The system's cryptography for the session machines.
import { createHmac, randomBytes, scrypt } from "node:crypto";
import type { LabCrypto } from "./lab-crypto.js";

const salt = "feiyan-lab/1";
const keyBytes = 32;

export function createSystemCrypto(): LabCrypto {
  return {
    hmac: (key, ...parts) => {
      const hash = createHmac("sha256", key);
      for (const part of parts) hash.update(part);
      return hash.digest();
    },
    randomBytes: (length) => randomBytes(length),
    codeKey: (code) =>
      new Promise((resolve, reject) => {
        scrypt(code.normalize("NFKC"), salt, keyBytes, (error, key) => {
          if (error === null) resolve(key);
          else reject(error);
        });
      }),
  };
}
