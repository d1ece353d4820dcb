// docs/errors.md explains every code that a user can meet, with a remedy, and nothing else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cliCodes } from "../src/cli/problem.js";
import { configCodes } from "../src/config/problem.js";
import { noticeCodes } from "../src/core/event.js";
import { errorCodes } from "../src/ports/error.js";
import { findingCodes } from "../src/doctor/finding.js";
import { version } from "../src/version.js";

const root = join(import.meta.dirname, "..");

it("explains every code with a remedy, and no code that does not exist", () => {
  const text = readFileSync(join(root, "docs", "errors.md"), "utf8");
  const sections = text
    .split(/^## /mu)
    .slice(1)
    .map((section) => ({ code: section.slice(0, section.indexOf("\n")), section }));
  expect(sections.filter(({ section }) => !section.includes("Remedy:")).map(({ code }) => code)).toEqual([]);
  const codes = [...errorCodes, ...noticeCodes, ...configCodes, ...cliCodes, ...findingCodes].toSorted();
  expect(sections.map(({ code }) => code).toSorted()).toEqual(codes);
});

it("says one version everywhere", () => {
  expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8"))).toMatchObject({ version });
});
