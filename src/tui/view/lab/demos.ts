// The demonstrations: the list of them, and what each one came to, in numbers, bars and one sentence why.
import {
  demoNames,
  type DemoName,
  type DemoResult,
  type DeskSnapshot,
} from "../../../lab/desk/desk-types.js";
import type { RealResult } from "../../../lab/demos/real.js";
import { demoTexts, formatMs, formatPercent } from "../../../lab/demo-texts.js";
import { displayText } from "../../text/display.js";
import { padText } from "../../text/fit.js";
import { wrapText } from "../../text/wrap.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { fillLine, span } from "../lines.js";
import type { Line, Role } from "../scene.js";
import { handshakeLines } from "./handshake.js";
import { explainLine } from "./form.js";
import { bar, paragraphs, percentText, plain, rule, type KeyHint, type LabPageView } from "./page.js";

const listKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-list", label: "labkey.open" },
  { action: "up", context: "lab-list", label: "labkey.choose" },
  { action: "lab-race", context: "lab-list", label: "labkey.race" },
  { action: "lab-lessons", context: "lab-list", label: "labkey.lessons" },
  { action: "cancel", context: "lab-list", label: "labkey.back" },
];

const demoKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-list", label: "labkey.runAgain" },
  { action: "page-down", context: "global", label: "labkey.scroll" },
  { action: "cancel", context: "lab-list", label: "labkey.back" },
];

export function demosPage(state: UiState, world: World, desk: DeskSnapshot, columns: number): LabPageView {
  const body = demoNames.flatMap((name, index): readonly Line[] => {
    const isChosen = index === state.lab.demo;
    const role: Role = isChosen ? "popup.selected" : "popup";
    const mark = desk.runningDemo === name ? "*" : desk.demos.has(name) ? "+" : " ";
    const title = span(` ${isChosen ? ">" : " "} ${mark} ${world.text(`lab.demo.${name}`)}`, role, {
      bold: true,
    });
    const about: Line = [span(`     ${world.text(`lab.demo.${name}.about`)}`, "popup.hint")];
    return [fillLine([title], columns, role), about];
  });
  return {
    title: world.text("lab.title.demos"),
    right: "",
    head: [explainLine(state, world, null), rule()],
    body,
    foot: [],
    keys: listKeys,
  };
}

export function demoPage(state: UiState, world: World, desk: DeskSnapshot, columns: number): LabPageView {
  const name = demoNames[state.lab.demo] ?? "handshake";
  const result = desk.demos.get(name) ?? null;
  const isRunning = desk.runningDemo === name;
  const why = whyOf(world, name);
  return {
    title: `${world.text("lab.title.demos")}: ${world.text(`lab.demo.${name}`)}`,
    right: "",
    head: [
      ...wrapText(world.text(`lab.demo.${name}.ask`), { columns: columns - 2 }).map((row) =>
        plain(row, "popup.title"),
      ),
      rule(
        world.text(isRunning ? "lab.state.running" : result === null ? "lab.state.ready" : "lab.state.done"),
      ),
    ],
    body:
      result === null || isRunning
        ? [[], ...waitingLines(state, world, name, isRunning, columns)]
        : resultLines(world, result, columns),
    foot:
      result === null || isRunning
        ? []
        : [
            rule(),
            ...wrapText(world.text("lab.why", { text: why }), { columns: columns - 2 }).map((row) =>
              plain(row, "popup", true),
            ),
          ],
    keys: demoKeys,
  };
}

/** At work; or why not; or what Enter will do. */
function waitingLines(
  state: UiState,
  world: World,
  name: DemoName,
  isRunning: boolean,
  columns: number,
): readonly Line[] {
  if (isRunning) return [plain(world.text("lab.demo.wait"))];
  if (state.notice !== null) return [explainLine(state, world, null)];
  return [
    ...(name === "real" ? [...paragraphs(world.text("lab.demo.real.before"), columns), []] : []),
    plain(world.text("lab.demo.enter"), "popup.hint"),
  ];
}

function whyOf(world: World, name: DemoName): string {
  return world.text(`lab.demo.${name}.why`);
}

function resultLines(world: World, result: DemoResult, columns: number): readonly Line[] {
  const texts = demoTexts(world.lang);
  const barColumns = columns >= 108 ? 60 : Math.max(6, Math.min(28, columns - 40));
  const gauge = (label: string, share: number, words: string, role: Role): Line => [
    span(` ${padText(label, 15)}[`, "popup"),
    span(bar(share, barColumns), role),
    span(`] ${words}`, "popup"),
  ];
  switch (result.kind) {
    case "handshake":
      return handshakeLines(world, result.result, columns);
    case "backlog": {
      const { backlog, clients, blockedMs, enteredAtOnce, waiting, enteredMs } = result.result;
      return [
        plain(texts("backlog.result", { backlog, clients, blocked: blockedMs })),
        [],
        gauge(
          world.text("lab.backlog.in"),
          enteredAtOnce / clients,
          `${enteredAtOnce}/${clients}`,
          "lab.good",
        ),
        ...(waiting === null
          ? []
          : [
              gauge(
                world.text("lab.backlog.waiting"),
                waiting / clients,
                `${waiting}/${clients} SYN_SENT`,
                "lab.late",
              ),
            ]),
        [],
        ...enteredMs.map((ms, index) =>
          plain(world.text("lab.backlog.entered", { client: index + 1, seconds: (ms / 1_000).toFixed(2) })),
        ),
      ];
    }
    case "sticky": {
      const { udp, tcp, cure } = result.result;
      const drops = udp.kernelDrops ?? texts("notTold");
      return [
        gauge("UDP", udp.arrived / udp.sends, `${udp.arrived}/${udp.sends}`, "lab.good"),
        plain(`    ${world.text("lab.sticky.udp", { whole: udp.whole, drops })}`),
        [],
        gauge(
          "TCP",
          tcp.receivedBytes / tcp.sentBytes,
          world.text("lab.sticky.bytes", { count: tcp.receivedBytes }),
          "lab.good",
        ),
        plain(`    ${world.text("lab.sticky.tcp", { writes: tcp.writes, reads: tcp.reads, cut: tcp.cut })}`),
        plain(`    ${world.text("lab.sticky.sizes", { sizes: tcp.readSizes.slice(0, 6).join(" ") })}`),
        [],
        gauge(
          world.text("lab.sticky.cure"),
          cure.whole / cure.messages,
          `${cure.whole}/${cure.messages}`,
          "lab.good",
        ),
        plain(
          `    ${world.text("lab.sticky.bytewise", { pushes: cure.pushes, whole: cure.wholeByteByByte })}`,
        ),
      ];
    }
    case "overflow": {
      const { sent, received, lost, kernelDrops, predictedLoss, bufferBytes, fit } = result.result;
      const { datagrams, ratePps, sizeBytes, serviceMs, burst } = result.wanted;
      const drops = kernelDrops ?? texts("notTold");
      const share = lost / Math.max(1, sent);
      return [
        plain(
          texts("overflow.heading", {
            count: datagrams,
            size: sizeBytes,
            rate: ratePps,
            burst,
            service: serviceMs,
          }),
        ),
        plain(world.text("lab.overflow.buffer", { buffer: bufferBytes, fit })),
        [],
        gauge(world.text("lab.overflow.predicted"), predictedLoss, percentText(predictedLoss), "lab.late"),
        gauge(world.text("lab.overflow.measured"), share, percentText(share), "lab.lost"),
        [],
        plain(texts("overflow.result", { sent, received, lost, percent: formatPercent(share), drops })),
        ...(kernelDrops === null || lost === 0
          ? []
          : [
              plain(
                kernelDrops === lost
                  ? texts("overflow.equal")
                  : texts("overflow.different", { count: Math.abs(lost - kernelDrops) }),
                kernelDrops === lost ? "lab.good" : "lab.late",
                true,
              ),
            ]),
      ];
    }
    case "sizes":
      return [
        plain(
          texts("sizes.heading", {
            loss: formatPercent(result.loss),
            mtu: 1_500,
            count: result.rows[0]?.sent ?? 0,
            seed: result.seed,
          }),
          "popup.hint",
        ),
        [],
        ...result.rows.flatMap((row): readonly Line[] => {
          const share = row.lost / row.sent;
          const words = world.text("lab.sizes.words", {
            measured: percentText(share),
            predicted: percentText(row.predictedLoss),
          });
          const label = world.text("lab.sizes.label", { bytes: row.payloadBytes, packets: row.fragments });
          return [gauge(label, share, words, "lab.lost"), []];
        }),
      ];
    case "errors":
      return [
        [
          span(padText(` ${texts("errors.case")}`, 38), "popup.hint"),
          span(padText(texts("errors.told"), 16), "popup.hint"),
          span(texts("errors.by"), "popup.hint"),
        ],
        ...result.cases.map((one): Line => [
          span(padText(` ${texts(`errors.case.${one.name}`)}`, 38), "popup"),
          span(
            padText(one.told ?? texts("errors.nothing"), 16),
            one.told === null ? "lab.late" : "lab.good",
            {
              bold: true,
            },
          ),
          span(texts(`errors.by.${one.by}`), "popup"),
        ]),
        [],
        plain(texts("errors.notHere"), "popup.hint"),
      ];
    case "real":
      return realLines(world, result.result, columns, gauge);
    default:
      return result satisfies never;
  }
}

type Gauge = (label: string, share: number, words: string, role: Role) => Line;

function realLines(world: World, real: RealResult, columns: number, gauge: Gauge): readonly Line[] {
  const texts = demoTexts(world.lang);
  const say = (words: string, role: Role = "popup"): readonly Line[] =>
    wrapText(words, { columns: columns - 2 }).map((row) => plain(row, role));
  if (real.kind === "refused") {
    return [
      ...say(texts(`real.refused.${real.reason}`, { detail: displayText(real.detail) }), "form.error"),
      ...say(texts("real.instead")),
    ];
  }
  const { counts, firewall } = real;
  return [
    gauge("TCP", counts.tcpReceivedBytes / counts.tcpSentBytes, `${counts.tcpReceivedBytes} B`, "lab.good"),
    ...say(
      texts("real.tcp", {
        sent: counts.tcpSentBytes,
        received: counts.tcpReceivedBytes,
        dropped: counts.tcpDropped,
        retransmitted: counts.tcpRetransmitted,
        time: formatMs(counts.tcpTimeMs),
      }),
    ),
    [],
    gauge("UDP", counts.udpReceived / counts.udpSent, `${counts.udpReceived}/${counts.udpSent}`, "lab.good"),
    ...say(
      texts("real.udp", { sent: counts.udpSent, dropped: counts.udpDropped, received: counts.udpReceived }),
    ),
    [],
    ...say(texts("real.judge", { firewall }), "popup.hint"),
  ];
}
