// `npm run lab:accuracy`: measures every requirement of the lab's accuracy on this machine and writes docs/lab/accuracy.md from what
// it found. With names (`npm run lab:accuracy -- A3 A7`) only those, and only their lines are written anew.
import { readFileSync, writeFileSync } from "node:fs";
import { formatDocument, readRows } from "./document.js";
import { inTurn } from "./finding.js";
import { requirements } from "./requirements.js";

const file = "docs/lab/accuracy.md";
const asked = process.argv.slice(2).filter((word) => /^A\d+$/u.test(word));
const wanted = requirements.filter(({ id }) => asked.length === 0 || asked.includes(id));

let before = "";
try {
  before = readFileSync(file, "utf8");
} catch {
  // The first time there is none.
}
const rows = readRows(before);
const findings = await inTurn(wanted, async (requirement) => {
  const finding = await requirement.measure();
  process.stdout.write(
    `${requirement.id} ${finding.holds === null ? "-" : finding.holds ? "holds" : "DOES NOT HOLD"}: ${finding.measured}\n`,
  );
  // What could not be tried here leaves the line of a machine where it could.
  if (finding.holds !== null || !rows.has(requirement.id)) rows.set(requirement.id, finding);
  return finding;
});
writeFileSync(file, formatDocument(requirements, rows));
process.exit(findings.some(({ holds }) => holds === false) ? 1 : 0);
