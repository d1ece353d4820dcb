import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errorCodes } from "../../src/ports/error.js";

it("docs/errors.md explains every code with a remedy", () => {
  const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")), section]),
  );
  const explained = errorCodes.filter((code) => sections.get(code)?.includes("Remedy:"));
  expect(explained).toEqual([...errorCodes]);
});
