// Hand mode on the command line: shows the datagram that waits, reads one key for it. Without a terminal everything passes.
import type { LabRun } from "../../../lab/lab-run.js";
import type { HandAct } from "../../../lab/runner/hand.js";
import type { CommandContext } from "../../context.js";
import { labText } from "./measure.js";

const acts: Readonly<Record<string, HandAct>> = {
  "\r": "pass",
  "\n": "pass",
  " ": "pass",
  k: "kill",
  "2": "double",
  d: "delay",
  c: "damage",
};

interface RawInput {
  setRawMode?(on: boolean): unknown;
}

/** Turns the hand on while a run lasts; the function returned turns the keyboard back. */
export const watchHand =
  (context: CommandContext) =>
  (lab: LabRun): (() => void) => {
    const { surroundings, output } = context;
    const text = labText(context);
    const input: CommandContext["surroundings"]["stdin"] & RawInput = surroundings.stdin;
    if (input.isTTY !== true) {
      output.remark(text("hand.noTerminal"));
      return () => undefined;
    }
    lab.setHand(true);
    output.line(text("hand.keys"));
    let shown = 0;
    const show = (): void => {
      const first = lab.snapshot().held[0];
      if (first === undefined || first.id === shown) return;
      shown = first.id;
      const way = text(first.direction === "there" ? "way.there" : "way.back");
      output.line(text("hand.held", { seq: first.seq ?? "-", size: first.sizeBytes, way }));
    };
    const unsubscribe = lab.subscribe(show);
    const press = (chunk: unknown): void => {
      for (const key of String(chunk)) {
        const first = lab.snapshot().held[0];
        const act = acts[key];
        // In raw mode Ctrl-C is a key like any other.
        if (key === "\u0003" || key === "q") lab.stop();
        else if (key === "a") lab.setHand(false);
        else if (first !== undefined && act !== undefined) lab.act(first.id, act);
      }
    };
    input.setRawMode?.(true);
    input.on("data", press);
    input.resume();
    return () => {
      unsubscribe();
      input.off("data", press);
      input.setRawMode?.(false);
      input.pause();
    };
  };
