// The texts of the UI: no key without use, the same places for values in both languages.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tuiEn } from "../../../src/i18n/tui-en.js";
import { hasTuiText, tuiZhCN } from "../../../src/i18n/tui-zh-CN.js";

const keys = Object.keys(tuiZhCN()).filter(hasTuiText);

const places = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{([A-Za-z]+)/g)].map((match) => match[1] ?? ""))].toSorted();

it("every text is used", () => {
  const folder = join(import.meta.dirname, "..", "..", "..", "src", "tui");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  // Keys put together from a part: `action.${name}`, `charset.reason.${reason}`.
  const families = [...sources.matchAll(/`([a-z][a-z.-]*)\$\{/g)].map((match) => match[1] ?? "");
  const unused = keys.filter(
    (key) =>
      !sources.includes(`"${key}"`) && !families.some((family) => family !== "" && key.startsWith(family)),
  );
  expect(unused).toEqual([]);
});

it.each(keys)("%s has the same values in both languages", (key) => {
  expect(places(tuiEn()[key])).toEqual(places(tuiZhCN()[key]));
});
