// Tells a room how a build ended: everybody of a group, whoever is online. Ends with the build's own code, so it can stand last in a job.
//   npm test; node examples/ci-result.mjs $? @研发 "主分支"
import { spawnSync } from "node:child_process";

const [code = "1", room = "@ci", name = "build"] = process.argv.slice(2);
const text = `${name} ${code === "0" ? "通过 ✓ passed" : `失败 ✗ failed (${code})`}`;
const command = process.env.FEIYAN ?? "feiyan";
const sent = spawnSync(command, ["send", "--to", room, "--lossy", "--timeout", "10", "-"], {
  input: text,
  stdio: ["pipe", "inherit", "inherit"],
  shell: process.platform === "win32",
});
// An unconfirmed message is no reason to fail a build.
if (sent.status !== 0) console.error(`feiyan send: ${sent.status ?? sent.error?.message}`);
process.exit(Number(code));
