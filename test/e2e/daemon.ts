// A daemon as a user starts it, with a home of its own, for tests of what attaches to it.
import type { Node } from "../../src/index.js";
import { feiyan, freePort, newHome, start, type Ended, type Running } from "./program.js";

export interface Daemon {
  readonly home: string;
  readonly port: number;
  readonly running: Running;
  /** Runs a command against it. */
  call(words: readonly string[], input?: string): Promise<Ended>;
  begin(words: readonly string[]): Running;
  stop(): Promise<Ended>;
}

const open: Daemon[] = [];

/** Starts a daemon that knows these partners, and waits until it is ready. */
export async function startDaemon(
  partners: readonly Node[] = [],
  words: readonly string[] = [],
): Promise<Daemon> {
  const home = newHome();
  const port = await freePort();
  const known = partners.flatMap((partner) => ["--peer", `127.0.0.1:${partner.network!.port}`]);
  const flags = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--name",
    "命令行",
    "--user",
    `daemon-${port}`,
  ];
  const running = start(["daemon", "--home", home, ...flags, ...known, ...words], null);
  await running.printed("daemon started");
  const daemon: Daemon = {
    home,
    port,
    running,
    call: (command, input) => feiyan([...command, "--home", home], input),
    begin: (command) => start([...command, "--home", home], null),
    stop: () => {
      running.child.kill("SIGTERM");
      return running.ended;
    },
  };
  open.push(daemon);
  return daemon;
}

/** Ends what a test left running. */
export async function stopDaemons(): Promise<void> {
  await Promise.all(
    open.splice(0).map(({ running }) => {
      running.child.kill("SIGKILL");
      return running.ended;
    }),
  );
}
