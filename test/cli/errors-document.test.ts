import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cliCodes } from "../../src/cli/problem.js";
import { configCodes } from "../../src/config/problem.js";

describe("docs/errors.md", () => {
  const document = readFileSync(`${import.meta.dirname}/../../docs/errors.md`, "utf8");
  const headings = [...document.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);

  it.each([...configCodes, ...cliCodes])("explains %s once", (code) => {
    expect(headings.filter((heading) => heading === code)).toHaveLength(1);
  });
});
