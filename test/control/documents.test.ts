// Documents that are made from tables: fresh, or this fails; `vitest --update` writes them anew.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentNameOf, flagOf, settingKeys, specOf } from "../../src/config/schema.js";
import { requestNames, requests } from "../../src/control/requests.js";
import { eventKinds } from "../../src/control/requests/event-kinds.js";
import { createTranslate } from "../../src/i18n/catalogue.js";
import { run } from "../cli/surroundings.js";

const docs = join(import.meta.dirname, "..", "..", "docs");

function requestsDocument(): string {
  const rows = requestNames.map((name) => {
    const { summary, params, answer } = requests[name];
    const schema = JSON.stringify(params.schema, null, 2);
    return `## ${name}\n\n${summary}\n\nAnswer: ${answer}.\n\n\`\`\`json\n${schema}\n\`\`\`\n`;
  });
  const events = Object.entries(eventKinds).map(([kind, holds]) => `| \`${kind}\` | ${holds} |`);
  return [
    "# Requests and events of the control socket\n",
    "Made from the table that the program serves from; how they are sent stands in [control.md](control.md). Below each request the JSON",
    "Schema of its `params`.\n",
    ...rows,
    "## Events\n",
    "| kind | holds |",
    "|---|---|",
    ...events,
    "",
  ].join("\n");
}

function settingsDocument(): string {
  const [zh, en] = [createTranslate("zh-CN"), createTranslate("en")];
  const rows = settingKeys.map((key) => {
    const { fallback, range, kind } = specOf(key);
    const fixed = range ?? kind;
    const flag =
      kind === "table" ? "" : `\`--${kind === "switch" && fallback === true ? "no-" : ""}${flagOf(key)}\``;
    const cells = [
      `\`${key}\``,
      flag,
      `\`${environmentNameOf(key)}\``,
      fixed,
      `\`${JSON.stringify(fallback)}\``,
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} | ${zh(`setting.${key}`)} | ${en(`setting.${key}`)} |`;
  });
  return [
    "# Settings\n",
    "Every setting, made from the table that parses them. Precedence: flag, environment, the file of `--config`, the user's file, default.",
    "`feiyan config show` tells what is in force and why, `feiyan config check` what is wrong, `feiyan config template` prints a commented file.",
    "The program never writes to a settings file. A running instance reads its settings again at SIGHUP (a daemon), by `feiyan config reload`,",
    "or by `/reload` on the screen: names, looks, keys and log settings at once, the others at the next start.\n",
    "| key in the file | flag | variable | values | default | 说明 | meaning of the flag |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

describe("documents from tables", () => {
  it("control-requests.md", async () => {
    await expect(requestsDocument()).toMatchFileSnapshot(join(docs, "control-requests.md"));
  });

  it("settings.md", async () => {
    await expect(settingsDocument()).toMatchFileSnapshot(join(docs, "settings.md"));
  });

  it("feiyan.1", async () => {
    await expect((await run(["man"])).stdout).toMatchFileSnapshot(join(docs, "feiyan.1"));
  });
});
