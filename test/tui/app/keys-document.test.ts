// docs/keys.md is what the key table says. After a change of the table: `npx vitest run -u` on this file.
import { join } from "node:path";
import { expect, it } from "vitest";
import { translateFrom } from "../../../src/i18n/catalogue.js";
import { tuiEn } from "../../../src/i18n/tui-en.js";
import { tuiZhCN } from "../../../src/i18n/tui-zh-CN.js";
import { formatKeysDocument } from "../../../src/tui/keys-document.js";

const file = join(import.meta.dirname, "..", "..", "..", "docs", "keys.md");

it("docs/keys.md is fresh", async () => {
  const text = formatKeysDocument(translateFrom(tuiZhCN(), "zh-CN"), translateFrom(tuiEn(), "en"));
  await expect(text).toMatchFileSnapshot(file);
});
