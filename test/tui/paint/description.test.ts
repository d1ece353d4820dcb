// What the toolkit is told about the terminal: its screen comes and goes with it, on both members of the family, and whoever makes a
// screen of his own afterwards finds the toolkit as it was.
import blessed from "blessed";
import { expect, it } from "vitest";
import { describeTerminal } from "../../../src/tui/paint/description.js";
import { openScreen } from "../../../src/tui/paint/screen.js";
import { defaultToolkit, toToolkit } from "../../../src/tui/paint/toolkit.js";

it.each([
  ["neo-blessed", defaultToolkit],
  ["blessed", toToolkit(blessed)],
])("%s enters and leaves with it", (_, toolkit) => {
  const own = toolkit.tput.prototype.compileTerminfo;
  const open = (term: string) =>
    openScreen({ toolkit, term, size: { columns: 80, rows: 24 }, draw: () => undefined });
  const xterm = open("xterm-256color");
  const entered = xterm.takeBytes();
  expect(entered).toContain("\u001b[?1049h");
  expect(entered).toContain("\u001b[1;24r");
  expect(xterm.close()).toContain("\u001b[?1049l");
  const console = open("linux");
  expect(console.takeBytes()).not.toContain("\u001b[?1049h");
  expect(console.close()).not.toContain("\u001b[?1049l");
  expect(toolkit.tput.prototype.compileTerminfo).toBe(own);
});

it("counts from one on the wire", () => {
  const { cup, csr } = describeTerminal("xterm").methods;
  expect(typeof cup === "function" && cup([4, 9])).toBe("\u001b[5;10H");
  expect(typeof csr === "function" && csr([0, 23])).toBe("\u001b[1;24r");
});
