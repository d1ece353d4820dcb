// Every dialect of the virtual peers × every feature, live over loopback; the table in docs/compatibility.md is what comes out.
import { expect, it } from "vitest";
import { formatTable, observe } from "./compatibility.js";

it("every dialect does what its program does, and the document says so", async () => {
  const findings = await observe();
  await expect(formatTable(findings)).toMatchFileSnapshot("../../docs/compatibility.md");
}, 120_000);
