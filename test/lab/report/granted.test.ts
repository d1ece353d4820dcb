import { describe, expect, it } from "vitest";
import { isPreciseRun } from "../../../src/cli/commands/lab/granted.js";
import type { CommandContext } from "../../../src/cli/context.js";
import { defaultExperiment } from "../../../src/lab/experiment.js";

function ask(isWanted: boolean, n: number): { readonly isPrecise: boolean; readonly remarks: string[] } {
  const remarks: string[] = [];
  const context = {
    language: "en",
    options: { precise: isWanted },
    output: { remark: (text: string) => remarks.push(text) },
  } as unknown as CommandContext;
  return { isPrecise: isPreciseRun(context, { ...defaultExperiment, n, ratePps: 100 }), remarks };
}

describe("--precise", () => {
  it("is granted for ten seconds, and a longer run says that it is not", () => {
    expect(ask(true, 1_000)).toEqual({ isPrecise: true, remarks: [] });
    expect(ask(true, 1_001).isPrecise).toBe(false);
    expect(ask(true, 1_001).remarks.join()).toContain("longer than 10 s");
    expect(ask(false, 5_000)).toEqual({ isPrecise: false, remarks: [] });
  });
});
