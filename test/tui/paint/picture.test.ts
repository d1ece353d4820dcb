// Pictures on a terminal: half blocks in the colours it has, and the two protocols of terminals that draw themselves.
import { describe, expect, it } from "vitest";
import { formatImage, formatRemoval, graphicsWay } from "../../../src/tui/paint/graphics.js";
import { formatWord, halfBlockCell, pictureDepth } from "../../../src/tui/paint/half-block.js";
import { openPicture } from "../../../src/tui/paint/picture.js";
import { defaultToolkit } from "../../../src/tui/paint/toolkit.js";
import type { Scene } from "../../../src/tui/view/scene.js";

const rect = { column: 2, row: 1, columns: 3, rows: 2 };
const image = { key: "a", rect, png: Uint8Array.from([1, 2, 3]) };

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("half blocks", () => {
  it("hold two colours, as the terminal knows them", () => {
    const seen = (["true", "256", "16"] as const).map((depth) =>
      formatWord(halfBlockCell(0xff8000, 0x0000ff, depth).attribute),
    );
    expect(seen).toEqual([
      "\u001b[0;38;2;255;128;0;48;2;0;0;255m",
      "\u001b[0;38;5;208;48;5;21m",
      "\u001b[0;33;44m",
    ]);
    const shapes = [
      [0, 0],
      [0xffffff, 0],
      [0, 0xffffff],
      [0xffffff, 0xffffff],
    ] as const;
    expect(shapes.map(([top, bottom]) => halfBlockCell(top, bottom, "none").text).join("")).toBe(" ▀▄█");
  });

  it("have true colours only where the terminal says so", () => {
    expect(pictureDepth("256", { COLORTERM: "truecolor" })).toBe("true");
    expect(pictureDepth("256", {})).toBe("256");
    expect(pictureDepth("none", { COLORTERM: "truecolor" })).toBe("none");
  });
});

describe("graphics", () => {
  it("are used in terminals known for them, never within tmux", () => {
    expect(graphicsWay({ TERM: "xterm-kitty" })).toBe("kitty");
    expect(graphicsWay({ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" })).toBe("iterm2");
    expect(graphicsWay({ TERM: "xterm-kitty", TMUX: "/tmp/x" })).toBeNull();
    expect(graphicsWay({ TERM: "xterm-256color" })).toBeNull();
  });

  it("send base64 in pieces and nothing else", () => {
    const large = { ...image, png: Uint8Array.from({ length: 7_000 }, (_, at) => at & 0xff) };
    const [kitty, iterm] = [formatImage("kitty", large), formatImage("iterm2", large)];
    const pieces = Array.from(
      // oxlint-disable-next-line no-control-regex -- what a terminal is sent
      kitty.matchAll(/\u001b_G([^;]*);([A-Za-z0-9+/=]*)\u001b\\/gu),
      (match) => match,
    );
    expect(pieces.map(([whole]) => whole).join("")).toBe(kitty);
    expect(pieces.map(([, head]) => head)).toEqual(["a=T,f=100,i=2425,q=2,C=1,c=3,r=2,m=1", "m=1", "m=0"]);
    expect(Buffer.from(pieces.map(([, , text]) => text).join(""), "base64")).toEqual(Buffer.from(large.png));
    // oxlint-disable-next-line no-control-regex -- as above
    expect(iterm).toMatch(/^\u001b\]1337;File=[a-zA-Z0-9=;]*:[A-Za-z0-9+/=]+\u0007$/u);
  });

  it("are drawn once, taken away with the window, and drawn again on a new screen", () => {
    const size = { columns: 10, rows: 4 };
    const picture = openPicture({ toolkit: defaultToolkit, term: "xterm-kitty", size, graphics: "kitty" });
    const bare: Scene = { size, panes: [], cursor: null };
    const frames: string[] = [];
    const show = (scene: Scene): void => void frames.push(picture.formatFrame(scene, () => 0, size));
    show({ ...bare, images: [image] });
    show({ ...bare, images: [image] });
    show(bare);
    show({ ...bare, images: [image] });
    picture.forget();
    show({ ...bare, images: [image] });
    expect(frames.map((text) => [count(text, "AQID"), count(text, formatRemoval("kitty"))])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(frames[0]).toContain("\u001b[2;3H");
    expect(picture.close()).toContain(formatRemoval("kitty"));
  });
});
