// What commands give besides lines: scripts, pages, places in files. Every command with its codes and words is in transcripts.test.ts.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { feiyan, newHome, removeHomes } from "./program.js";

afterAll(removeHomes);

it("scripts and pages go to stdout as they are", async () => {
  const [man, template, zsh, answer] = await Promise.all([
    feiyan(["man"]),
    feiyan(["config", "template"]),
    feiyan(["completion", "zsh"]),
    feiyan(["complete", "--", "conf"]),
  ]);
  expect([man.code, template.code, zsh.code, answer.code]).toEqual([0, 0, 0, 0]);
  expect(man.stdout).toMatch(/^\.TH FEIYAN 1/);
  expect(template.stdout).toContain("#port = 2425");
  expect(zsh.stdout).toMatch(/^#compdef feiyan/);
  expect(answer.stdout).toMatch(/^config\t/);
});

it("a wrong settings file is told with line, column and the nearest name, and stays as it is", async () => {
  const home = newHome();
  const file = join(home, "config.toml");
  writeFileSync(file, "# mine\nprot = 1\n");
  const { code, objects } = await feiyan(["config", "check", "--home", home, "--json"]);
  expect([code, objects[0]]).toMatchObject([
    2,
    { type: "error", code: "config-unknown-key", file, line: 2, column: 1, fields: { nearest: "port" } },
  ]);
});
