// The rows of the key table that belong to the lab.
import { labDoors } from "./key-context.js";
import { needsLab } from "./key-needs.js";
import { row, type KeyRow } from "./key-row.js";

export const labKeys: readonly KeyRow[] = [
  row("lab", ["global"], ["f4"], "lab", {
    command: "lab",
    menu: { label: "menu.lab", place: 5 },
    disabled: needsLab,
  }),
  row("lab-race", labDoors, ["r"], "lab", { command: "race", disabled: needsLab }),
  row("lab-demos", labDoors, ["m"], "lab", { command: "demos", disabled: needsLab }),
  row("lab-lessons", labDoors, ["l"], "lab", { command: "lessons", disabled: needsLab }),
  row("lab-class", labDoors, ["t"], "lab", { command: "class", disabled: needsLab }),
  row("lab-join", labDoors, ["j"], "lab", { command: "join", disabled: needsLab }),
  row("lab-step", ["lab", "lab-hand"], ["s"], "lab"),
  row("lab-hand", ["lab", "lab-hand"], ["h"], "lab"),
  row("lab-pass", ["lab-hand"], ["enter"], "lab"),
  row("lab-kill", ["lab-hand"], ["k"], "lab"),
  row("lab-double", ["lab-hand"], ["2"], "lab"),
  row("lab-delay", ["lab-hand"], ["d"], "lab"),
  row("lab-damage", ["lab-hand"], ["c"], "lab"),
  row("lab-stop", ["lab-hand", "lab-student"], ["x"], "lab"),
  row("lab-more", ["lab"], ["+", "="], "lab"),
  row("lab-less", ["lab"], ["-"], "lab"),
  row("lab-burst", ["lab"], ["b"], "lab"),
  row("lab-seed", ["lab", "lab-race"], ["n"], "lab"),
  row("lab-again", ["lab-lesson"], ["ctrl-r"], "lab"),
  row("lab-yes", ["lab-student"], ["y", "enter"], "lab"),
  row("lab-no", ["lab-student"], ["n"], "lab"),
  row("lab-order", ["lab-class"], ["o"], "lab"),
  row("lab-reverse", ["lab-class"], ["O"], "lab"),
  row("lab-impaired", ["lab-class"], ["i"], "lab"),
  row("lab-pairs", ["lab-class"], ["p"], "lab"),
  row("lab-end", ["lab-class", "lab-student"], ["q"], "lab"),
  row("lab-export", ["lab", "lab-race", "lab-class", "lab-student"], ["e"], "lab"),
  row("impair", ["global"], ["alt-i"], "lab", { command: "impair", argument: "argument.impairment" }),
  row("impair-off", ["impair"], ["o"], "lab"),
];
