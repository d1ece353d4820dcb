// One TCP connection from the first packet to the last: the client's states on the left, the server's on the right, the segment between
// them, each with its time and whether the kernel said so or it was inferred.
import { demoTexts } from "../../../lab/demo-texts.js";
import type { HandshakeEvent, HandshakeResult } from "../../../lab/demos/handshake.js";
import { fitText, padText, truncateText } from "../../text/fit.js";
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line } from "../scene.js";
import { plain } from "./page.js";

const timeColumns = 9;

export function handshakeLines(world: World, result: HandshakeResult, columns: number): readonly Line[] {
  const texts = demoTexts(world.lang);
  const side = Math.max(14, Math.floor((columns - timeColumns) * 0.32));
  const middle = Math.max(10, columns - timeColumns - 2 * side - 1);
  const heading: Line = [
    span(padText(` ${texts("handshake.time")}`, timeColumns), "popup.hint"),
    span(padText(texts("handshake.client"), side), "popup", { bold: true }),
    span(padText(world.text("lab.handshake.wire"), middle, "center"), "popup", { bold: true }),
    span(texts("handshake.server"), "popup", { bold: true }),
  ];
  const lines = result.events.map((event): Line => {
    const time = span(padText(`${event.atMs.toFixed(1)} `, timeColumns, "right"), "popup.hint");
    const [left, wire, right] = cellsOf(event, texts);
    if (event.kind === "action") {
      return [time, span(truncateText(`* ${wire}`, columns - timeColumns - 1), "popup.title")];
    }
    return [
      time,
      span(fitText(left, side), "lab.good", { bold: true }),
      span(fitText(wire, middle, "center"), "lab.late"),
      span(fitText(right, side), "lab.good", { bold: true }),
    ];
  });
  return [
    plain(
      texts("handshake.heading", { port: result.port, source: texts(`handshake.${result.source}`) }),
      "popup.hint",
    ),
    heading,
    ...lines,
    [],
    plain(texts("handshake.after", { bytes: result.bytesAfterEnd })),
    ...(result.source === "inferred" ? [plain(texts("handshake.noTable"))] : []),
  ];
}

function cellsOf(
  event: HandshakeEvent,
  texts: ReturnType<typeof demoTexts>,
): readonly [left: string, wire: string, right: string] {
  switch (event.kind) {
    case "action":
      return ["", texts(`handshake.action.${event.action}`), ""];
    case "state": {
      const words = `${event.state} [${texts(`handshake.${event.source}`)}]`;
      return event.side === "client" ? [words, "", ""] : ["", "", words];
    }
    case "segment": {
      const flags = event.from === "client" ? `--- ${event.flags} -->` : `<-- ${event.flags} ---`;
      return ["", `${flags} [${texts("handshake.inferred")}]`, ""];
    }
    default:
      return event satisfies never;
  }
}
