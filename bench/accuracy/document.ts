// docs/lab/accuracy.md as text: made from requirements and findings, and read back so that a run of some keeps the lines of others.
import { cpus, release } from "node:os";
import type { Finding, Requirement } from "./finding.js";

const escape = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The findings that a document holds. */
export function readRows(document: string): Map<string, Finding> {
  const rows = new Map<string, Finding>();
  for (const line of document.split("\n")) {
    const [, id = "", , , measured = "", holds = ""] = line.split(/(?<!\\)\|/u).map((cell) => cell.trim());
    if (!/^A\d+$/u.test(id) || measured === "") continue;
    rows.set(id, {
      measured: measured.replaceAll("\\|", "|"),
      holds: holds === "yes" ? true : holds === "no" ? false : null,
    });
  }
  return rows;
}

export function formatDocument(
  requirements: readonly Requirement[],
  rows: ReadonlyMap<string, Finding>,
): string {
  const lines = requirements.map(({ id, text, command }) => {
    const { measured, holds } = rows.get(id) ?? { measured: "", holds: null };
    const verdict = holds === null ? "not tried" : holds ? "yes" : "no";
    return `| ${id} | ${escape(text)} | \`${escape(command)}\` | ${escape(measured)} | ${verdict} |`;
  });
  return `# How exact the lab is

\`npm run lab:accuracy\` measures every line of this table and writes it; \`npm run lab:accuracy -- A3 A7\` only those. The judges are programs of
their own in \`bench/accuracy\`: they run the built feiyan from outside, throw the dice a second time from the documents, count datagrams in
proxies and firewalls of their own, read the kernel's tables themselves, and share no code with what they judge, except where the line says so.
"Exact" means equal integers. Lines that compare speeds (A13, A14, A20) mean something on a quiet machine only; a busy one shows it in their
spread. The commands show the same thing by hand.

Last run: Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}.

| id | required | command | measured | holds |
|---|---|---|---|---|
${lines.join("\n")}
`;
}
