// docs/keys.md from the key table: one row for each action, in both languages. A test compares the file.
import type { Translate } from "../i18n/catalogue.js";
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import { helpSections } from "./key-row.js";
import { keyTable } from "./key-table.js";
import { formatKey } from "./keymap.js";
import type { KeyRow } from "./key-row.js";

type Text = Translate<TuiTextKey>;

const intro = `# Keys and commands

Made from the key table in \`src/tui/key-table.ts\` (\`npx vitest run -u test/tui/app/keys-document.test.ts\` writes it anew); do not edit.

Everything can be done without function keys and without Alt. \`[keys]\` in the settings binds an action anew by its name, for example
\`refresh = ["ctrl-t"]\`; the keys given replace the built-in ones. A place takes its own keys before those that count everywhere.
`;

export function formatKeysDocument(zh: Text, en: Text): string {
  const parts = [intro];
  for (const section of helpSections) {
    parts.push(`## ${en(`help.section.${section}`)} · ${zh(`help.section.${section}`)}\n`);
    parts.push("| keys | command | what it does | 作用 | where | action |\n|---|---|---|---|---|---|");
    const rows = keyTable.filter((row) => row.section === section);
    parts.push(`${rows.map((row) => formatRow(row, zh, en)).join("\n")}\n`);
  }
  return parts.join("\n");
}

function formatRow(row: KeyRow, zh: Text, en: Text): string {
  const keys = row.keys.map((key) => `\`${formatKey(key)}\``).join(" ");
  const argument = row.argument === undefined ? "" : ` ${en(row.argument)}`;
  const command = row.command === undefined ? "" : `\`/${row.command}${argument}\``;
  const where = row.contexts.map((context) => en(`help.context.${context}`)).join(", ");
  return `| ${keys} | ${command} | ${en(row.label)} | ${zh(row.label)} | ${where} | \`${row.action}\` |`;
}
