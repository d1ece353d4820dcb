// docs/lab/accuracy.md is made by `npm run lab:accuracy`; here only that it is whole and of today's requirements.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readRows } from "../../bench/accuracy/document.js";

const file = join(import.meta.dirname, "..", "..", "docs", "lab", "accuracy.md");

it("has a line for each requirement, with a command and what was measured", () => {
  const text = readFileSync(file, "utf8");
  const rows = readRows(text);
  expect([...rows.keys()]).toEqual(Array.from({ length: 21 }, (_unused, index) => `A${index + 1}`));
  for (const [id, { measured }] of rows) {
    expect(measured, id).not.toBe("");
    expect(text).toMatch(new RegExp(`^\\| ${id} \\| .+ \\| \`(?:feiyan|npm|npx) .+\` \\|`, "mu"));
  }
});
