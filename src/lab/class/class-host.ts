// A class on a socket: the teacher's machine and the reflector behind one port, announced to the room every three seconds. Only
// addresses of the local network are heard.
import { broadcastAddress, type Endpoint, readInterfaces } from "../../index.js";
import { isLabAddress } from "../address.js";
import type { Experiment } from "../experiment.js";
import type { LabParts } from "../runner/lab-parts.js";
import { openReflectorHost, type ReflectorHost } from "../runner/reflector-host.js";
import { createWaker } from "../runner/waker.js";
import { createTeacher } from "./teacher.js";
import type { StudentRow, Teacher, TeacherEvent, TeacherStep } from "./teacher-types.js";

export interface ClassOptions {
  readonly listen: Endpoint;
  readonly name: string;
  /** Null: open to everybody on the network. */
  readonly code: string | null;
  readonly mostPps?: number;
  readonly event?: (event: TeacherEvent) => void;
  readonly problem?: (systemCode: string) => void;
  /** Where the class is announced; default every private interface's broadcast address. */
  readonly announceTo?: readonly string[];
}

export interface ClassHost {
  readonly local: Endpoint;
  readonly host: ReflectorHost;
  rows(): readonly StudentRow[];
  /** Paired: each student towards another one instead of towards us. */
  plan(experiment: Experiment, startInMs: number, isPaired?: boolean): void;
  /** Datagrams that were not answered, by whom they concern. */
  refused(): number;
  close(): Promise<void>;
}

const announceNs = 3e9;

export async function openClass(parts: LabParts, options: ClassOptions): Promise<ClassHost> {
  const { time, crypto } = parts;
  const codeKey = options.code === null ? null : await crypto.codeKey(options.code);
  let teacher: Teacher | null = null;
  const host = await openReflectorHost(parts, {
    listen: options.listen,
    broadcast: true,
    codeKey,
    ...(options.mostPps === undefined ? {} : { mostPps: options.mostPps }),
    ...(options.problem === undefined ? {} : { problem: options.problem }),
    intercept: (bytes, from, atNs) => {
      if (!isLabAddress(from.address, "lan")) return true;
      if (teacher?.isMine(bytes) !== true) return false;
      perform(teacher.datagram(bytes, from, atNs));
      return true;
    },
  });
  const machine = createTeacher({
    crypto,
    secret: host.secret,
    codeKey,
    name: options.name,
    port: host.local.port,
  });
  teacher = machine;
  const targets = options.announceTo ?? broadcastTargets();
  let announceAtNs = time.nowNs();
  const waker = createWaker(time, () => {
    const nowNs = time.nowNs();
    if (nowNs >= announceAtNs) {
      announceAtNs = nowNs + announceNs;
      for (const address of targets) host.send(machine.here(nowNs), { address, port: host.local.port });
    }
    perform(machine.tick(nowNs));
  });
  waker.want(announceAtNs);

  function perform(step: TeacherStep): void {
    for (const { bytes, to } of step.effects) host.send(bytes, to);
    for (const event of step.events) options.event?.(event);
    waker.want(Math.min(machine.wakeNs(), announceAtNs));
  }

  return {
    local: host.local,
    host,
    rows: () => machine.rows(time.nowNs()),
    plan: (experiment, startInMs, isPaired) => {
      perform(machine.plan(experiment, startInMs, time.nowNs(), isPaired));
    },
    refused: () =>
      machine.refused() + Object.values(host.reflector.counts).reduce((sum, one) => sum + one, 0),
    close: async () => {
      waker.stop();
      await host.close();
    },
  };
}

/** Directed broadcast addresses of the private networks this machine is on. */
export function broadcastTargets(): string[] {
  const list = readInterfaces()
    .filter((one) => !one.internal && one.family === "IPv4" && isLabAddress(one.address, "lan"))
    .map((one) => broadcastAddress(one.address, one.netmask));
  return [...new Set(list.filter((one) => one !== null))];
}
