// The control socket of a running feiyan in thirty lines of Node alone, to be imported by a script of your own (see roll-call.mjs and
// bridge.mjs) or written again in any language: docs/control.md tells the lines.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Attaches to the instance below `home` (FEIYAN_HOME), or the one of this user on `port`. */
export async function attach({ home = process.env.FEIYAN_HOME, port = 2425, onEvent = () => {} } = {}) {
  const base = home ? join(home, "run", "control") : join(process.env.XDG_RUNTIME_DIR, "feiyan", `${port}`);
  const socket = connect(`${base}.sock`);
  const waiting = new Map();
  const send = (value) => socket.write(`${JSON.stringify(value)}\n`);
  const call = (request, params = {}) =>
    new Promise((resolve, reject) => {
      const id = waiting.size === 0 ? 1 : Math.max(...waiting.keys()) + 1;
      waiting.set(id, { resolve, reject });
      send({ id, request, params });
    });
  const greeted = new Promise((resolve, reject) => {
    socket.once("error", reject);
    createInterface({ input: socket }).on("line", (text) => {
      const line = JSON.parse(text);
      if (line.hello) resolve(line.hello);
      else if (line.event) onEvent(line.event);
      else if (line.id !== undefined) {
        const { resolve: done, reject: failed } = waiting.get(line.id);
        waiting.delete(line.id);
        if (line.error) failed(new Error(`${line.error.code}: ${line.error.text}`));
        else done(line.answer);
      } else if (line.error) reject(new Error(`${line.error.code}: ${line.error.text}`));
    });
  });
  send({ hello: { versions: [1], key: readFileSync(`${base}.key`, "utf8").trim(), program: "example" } });
  await greeted;
  return { call, close: () => socket.end() };
}
