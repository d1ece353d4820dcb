// The way to an instance's socket: who may be trusted to listen there, and the key that it left for us. Used by client.ts.
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { FeiyanError } from "../light.js";
import { isTrusted, type ControlPlace } from "./place.js";

/** Null: nobody listens there. Rejects with `control-refused` where we may not, or should not. */
export function openSocket(place: ControlPlace): Promise<Socket | null> {
  const trust = isTrusted(place);
  if (trust === null) return Promise.resolve(null);
  if (!trust) {
    const fields = { path: place.path, reason: "folder" };
    return Promise.reject(new FeiyanError("control-refused", "the folder is not ours alone", fields));
  }
  return new Promise((resolve, reject) => {
    const socket = connect(place.path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      if (code === "EACCES" || code === "EPERM") {
        const fields = { path: place.path, reason: code };
        reject(new FeiyanError("control-refused", code, fields, { cause: error }));
      } else resolve(null);
    });
  });
}

export function readKey(place: ControlPlace): string {
  try {
    return readFileSync(place.keyFile, "utf8").trim();
  } catch {
    // Shown to the instance as it is: none. It will say no.
    return "";
  }
}
