// The metamorphic test with the whole program: the real screen on a fake terminal, a node on the memory network, friends who say random
// things. After every random step the terminal looks the same as after a full repaint. The seed is in the test's name;
// FEIYAN_REDRAW_SEEDS=1,2,3 runs other ones.
import { afterEach, describe, expect, it } from "vitest";
import type { Node } from "../../../src/index.js";
import { setAmbiguousWidth } from "../../../src/tui/text/width.js";
import { keyBytes, startRobot } from "../support/robot.js";
import { createRandom, redrawSeeds, textPieces } from "./random-text.js";

const steps = 300;
const popups = ["f1", "f2", "f3", "f9", "ctrl-x", "ctrl-g", "f6"] as const;
const moves = [
  "up",
  "down",
  "left",
  "right",
  "page-up",
  "page-down",
  "tab",
  "ctrl-home",
  "ctrl-end",
] as const;
const edits = ["backspace", "ctrl-a", "alt-enter", "left", "ctrl-n", "ctrl-p", "alt-1", "alt-2"] as const;

afterEach(() => setAmbiguousWidth(1));

describe("redraw of the whole screen", () => {
  it.each(redrawSeeds([20_261_120, 2]))(
    `equals a full repaint after each of ${steps} steps, seed %i`,
    async (seed) => {
      const random = createRandom(seed);
      const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
      const text = (): string => Array.from({ length: 1 + random(14) }, () => pick(textPieces)).join("");
      const robot = await startRobot({ columns: 81, rows: 24 });
      const { tty } = robot;
      const friends: Node[] = [];
      let did = "";
      let isCaretShown = false;
      const lookAtCaret = (): ReturnType<typeof tty.cursor> | null => {
        const bytes = tty.takeBytes();
        const [on, off] = [bytes.lastIndexOf("\u001b[?25h"), bytes.lastIndexOf("\u001b[?25l")];
        if (on !== off) isCaretShown = on > off;
        // Where it is while nobody sees it is nobody's business.
        return isCaretShown ? tty.cursor() : null;
      };
      for (let step = 0; step < steps; step += 1) {
        switch (random(9)) {
          case 0:
            did = "somebody comes";
            if (friends.length < 6) friends.push(await robot.join(text(), { user: `user${step}` }));
            break;
          case 1:
          case 2: {
            did = "somebody speaks";
            const [friend] = friends.length === 0 ? [] : [pick(friends)];
            const [us] = friend?.peers().filter((peer) => peer.user === "我") ?? [];
            if (friend !== undefined && us !== undefined)
              void friend.say(us.id, `${text()}。`).catch(() => undefined);
            break;
          }
          case 3: {
            const key = pick(popups);
            did = `popup ${key}`;
            await robot.press(key);
            break;
          }
          case 4:
            did = "escape";
            await robot.press("escape");
            break;
          case 5:
            did = "typing";
            // Never a line of its own: it could be a command that ends the program.
            await robot.type(text().replaceAll("\u001b", ""));
            break;
          case 6: {
            const key = pick(edits);
            did = `edit ${key}`;
            await robot.press(key);
            break;
          }
          case 7: {
            const key = pick(moves);
            did = `move ${key}`;
            await robot.press(key);
            break;
          }
          default:
            did = "resize";
            if (random(3) === 0) tty.resize(20 + random(110), 6 + random(36));
        }
        await robot.settle();
        const painted = tty.cells();
        const caret = lookAtCaret();
        tty.terminal.fullRepaint();
        await tty.settle();
        expect(tty.cells(), `step ${step}: ${did}`).toEqual(painted);
        expect(lookAtCaret(), `caret in step ${step}: ${did}`).toEqual(caret);
      }
      tty.resize(80, 24);
      await robot.press("escape", "escape");
      tty.type(keyBytes["ctrl-q"]);
      await robot.settle(1_000);
      expect(await robot.ended).toBe(0);
      for (const friend of friends) void friend.close();
      await robot.settle(1_000);
    },
    60_000,
  );
});
