// A robot user: the whole UI on a fake terminal with a real node on a network inside the process. Keys go in as bytes, the screen
// comes out of a headless xterm; both clocks are moved by hand, so nothing waits for real time.
import { join } from "node:path";
import {
  createNode,
  type ChatNode,
  type HistoryStore,
  type Node,
  type TapRecord,
} from "../../../src/index.js";
import {
  createManualClock,
  createMemoryNetwork,
  createSeededRandom,
  type ManualClock,
} from "../../../src/testing.js";
import { createLabDesk } from "../../../src/lab/desk/desk.js";
import { createSimulatedParts, type LabParts } from "../../../src/lab/runner/lab-parts.js";
import { createManualTime } from "../../../src/lab/runner/lab-time.js";
import { runApp } from "../../../src/tui/app.js";
import type { AppMemory, AppOptions } from "../../../src/tui/app-options.js";
import { createFakeTty, type FakeTty } from "../terminal.js";

export const keyBytes = {
  enter: "\r",
  tab: "\t",
  "shift-tab": "\u001b[Z",
  escape: "\u001b",
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  "page-up": "\u001b[5~",
  "page-down": "\u001b[6~",
  "ctrl-home": "\u001b[1;5H",
  "ctrl-end": "\u001b[1;5F",
  backspace: "\u007f",
  "alt-enter": "\u001b\r",
  "alt-1": "\u001b1",
  "alt-2": "\u001b2",
  "ctrl-a": "\u0001",
  "ctrl-c": "\u0003",
  "ctrl-g": "\u0007",
  "ctrl-n": "\u000e",
  "ctrl-p": "\u0010",
  "ctrl-q": "\u0011",
  "ctrl-r": "\u0012",
  "alt-m": "\u001bm",
  "alt-w": "\u001bw",
  "ctrl-u": "\u0015",
  "ctrl-x": "\u0018",
  f1: "\u001bOP",
  f2: "\u001bOQ",
  f3: "\u001bOR",
  f4: "\u001bOS",
  f5: "\u001b[15~",
  f6: "\u001b[17~",
  f7: "\u001b[18~",
  f8: "\u001b[19~",
  f9: "\u001b[20~",
  f10: "\u001b[21~",
} as const;

export interface Robot {
  readonly tty: FakeTty;
  readonly node: ChatNode;
  readonly clock: ManualClock;
  /** What the lab is made of, for others who take part in it. */
  readonly lab: LabParts;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  press(...keys: (keyof typeof keyBytes)[]): Promise<void>;
  type(text: string): Promise<void>;
  paste(text: string): Promise<void>;
  screen(): string;
  row(index: number): string;
  /** Lets messages and frames go on until the screen shows it; the last screen is in the error. */
  until(condition: string | RegExp | ((screen: string) => boolean)): Promise<void>;
  /** A moment for what is under way, in steps of a frame. */
  settle(ms?: number): Promise<void>;
  /** One more machine on the network. */
  join(nick: string, options?: Partial<Parameters<typeof createNode>[0]>): Promise<Node>;
  quit(): Promise<number>;
}

export interface RobotOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly settings?: Partial<AppOptions["settings"]>;
  readonly startSimulation?: AppOptions["startSimulation"];
  readonly configProblems?: readonly string[];
  readonly memory?: AppMemory;
  readonly reload?: AppOptions["reload"];
  readonly onSettings?: AppOptions["onSettings"];
  readonly environment?: Readonly<Record<string, string>>;
  /** Brings the node to life, after the first frame; default: it is started. */
  /** Of the node behind the screen. */
  readonly node?: Parameters<typeof createNode>[0];
  readonly begin?: (node: ChatNode) => ReturnType<NonNullable<AppOptions["begin"]>>;
  /** What earlier runs left. */
  readonly history?: HistoryStore;
  /** With a lab on simulated time, moved by the same clock. */
  readonly hasLab?: boolean;
}

const stepMs = 40;

export async function startRobot(options: RobotOptions = {}): Promise<Robot> {
  const clock = createManualClock(new Date(2026, 10, 20, 14, 2).getTime());
  const network = createMemoryNetwork({ clock });
  const random = createSeededRandom(7);
  let machines = 10;
  const machine = (nick: string, more: Parameters<typeof createNode>[0] = {}): ChatNode =>
    createNode({
      nick,
      user: nick,
      host: "host",
      clock,
      random,
      transport: network.transport({ address: `192.168.1.${machines++}` }),
      ...more,
    });
  const listeners = new Set<(record: TapRecord) => void>();
  const node = machine("我", {
    ...options.node,
    ...(options.history === undefined ? {} : { history: options.history }),
    onDatagram: (record) => {
      for (const listener of listeners) listener(record);
    },
  });
  const others: Node[] = [];
  // A clock of its own, near 0, where numbers hold nanoseconds exactly.
  const labClock = createManualClock(1_000);
  const lab = createSimulatedParts(createManualTime(labClock, clock.now()));
  let tty: FakeTty | undefined;
  const { begin } = options;
  const ended = runApp(
    {
      node,
      ...(begin === undefined ? {} : { begin: () => begin(node) }),
      startSimulation: options.startSimulation ?? (async () => ({ count: 0, stop: async () => undefined })),
      settings: {
        lang: "zh-CN",
        theme: "feiyan-dark",
        color: "auto",
        ambiguousWidth: 1,
        mouse: true,
        bell: true,
        keys: {},
        ...options.settings,
      },
      wire: {
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      ...(options.hasLab === true
        ? {
            openLab: async () =>
              createLabDesk({ parts: lab, exportFolder: "/nowhere", classAddress: "127.0.0.1" }),
          }
        : {}),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
      ...(options.reload === undefined ? {} : { reload: options.reload }),
      ...(options.onSettings === undefined ? {} : { onSettings: options.onSettings }),
      themesDir: join(import.meta.dirname, "..", "..", "..", "themes"),
      configProblems: options.configProblems ?? [],
    },
    {
      createTerminal: (terminalOptions) => {
        tty = createFakeTty({ columns: options.columns ?? 80, rows: options.rows ?? 24, ...terminalOptions });
        return tty.terminal;
      },
      timer: {
        now: () => clock.now(),
        after: (delayMs, fire) => clock.at(clock.now() + delayMs, fire),
      },
      now: () => clock.now(),
      environment: { TERM: "xterm-256color" },
    },
  );
  let failure: unknown;
  // A later rejection is the test's to see when it awaits the end.
  ended.catch((error: unknown) => {
    failure = error;
  });

  const turn = async (ms: number): Promise<void> => {
    clock.advance(ms);
    labClock.advance(ms);
    tty?.timer.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
    await tty?.settle();
  };
  const current = (): FakeTty => {
    if (tty === undefined) throw new Error("the terminal is not there yet");
    return tty;
  };
  const screen = (): string => current().screen().join("\n").replaceAll("·", "");
  const isThere = (): boolean => tty !== undefined || failure !== undefined;
  while (!isThere()) await turn(1);
  if (failure !== undefined) throw failure;
  await turn(stepMs);

  const robot: Robot = {
    get tty() {
      return current();
    },
    node,
    clock,
    lab,
    ended,
    async press(...keys) {
      for (const key of keys) {
        current().type(keyBytes[key]);
        // Escape alone is known only after a while.
        await turn(key === "escape" ? 100 : 0);
        await turn(0);
      }
    },
    async type(text) {
      current().type(text);
      await turn(0);
      await turn(0);
    },
    async paste(text) {
      current().type(`\u001b[200~${text}\u001b[201~`);
      await turn(0);
      await turn(0);
    },
    screen,
    row: (index) => screen().split("\n")[index] ?? "",
    async until(condition) {
      const holds = (): boolean => {
        const text = screen();
        return typeof condition === "string"
          ? text.includes(condition)
          : condition instanceof RegExp
            ? condition.test(text)
            : condition(text);
      };
      for (let turns = 0; turns < 400; turns += 1) {
        if (holds()) return;
        await turn(stepMs);
      }
      throw new Error(`never on the screen: ${String(condition)}\n${screen()}`);
    },
    async settle(ms = 0) {
      for (let passed = 0; passed <= ms; passed += stepMs) await turn(stepMs);
    },
    async join(nick, more = {}) {
      const other = machine(nick, more);
      others.push(other);
      await other.start();
      return other;
    },
    async quit() {
      current().type(keyBytes["ctrl-q"]);
      for (let turns = 0; turns < 20; turns += 1) await turn(stepMs);
      const code = await ended;
      const closing = Promise.all(others.map((other) => other.close()));
      for (let turns = 0; turns < 20; turns += 1) await turn(stepMs);
      await closing;
      return code;
    },
  };
  return robot;
}
