// `feiyan lab sticky`: message borders, UDP against TCP, and the length in front.
import { runSticky } from "../../../lab/demos/sticky.js";
import { numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { emitReport } from "./demo-report.js";
import { demoTexts } from "../../../lab/demo-texts.js";

export const sticky = async (context: CommandContext): Promise<number> => {
  const { output, language } = context;
  const text = demoTexts(language);
  const { udp, tcp, cure } = await runSticky({ messages: numberFlag(context, "count") ?? 1_000 });
  const drops = udp.kernelDrops === null ? text("notTold") : udp.kernelDrops;
  const { sends, arrived, whole } = udp;
  output.line(text("sticky.udp", { sends, arrived, whole, drops }));
  const { writes, reads, cut, sentBytes: sent, receivedBytes: received } = tcp;
  output.line(text("sticky.tcp", { writes, reads, cut, sent, received }));
  const more = tcp.reads > tcp.readSizes.length ? " …" : "";
  output.line(text("sticky.sizes", { sizes: `${tcp.readSizes.join(" ")}${more}` }));
  output.line(text("sticky.cure", { ...cure, bytewise: cure.wholeByteByByte }));
  output.line(text("sticky.why"));
  emitReport(context, {
    kind: "sticky",
    columns: ["what", "value"],
    rows: [
      ["udpSends", udp.sends],
      ["udpArrived", udp.arrived],
      ["udpWhole", udp.whole],
      ["udpKernelDrops", udp.kernelDrops],
      ["tcpWrites", tcp.writes],
      ["tcpSentBytes", tcp.sentBytes],
      ["tcpReceivedBytes", tcp.receivedBytes],
      ["tcpReads", tcp.reads],
      ["tcpReadsThatCut", tcp.cut],
      ["cureMessages", cure.messages],
      ["cureWhole", cure.whole],
      ["cureWholeByteByByte", cure.wholeByteByByte],
    ],
    notes: [`readSizes=${tcp.readSizes.join(" ")}`],
  });
  return exitCodes.done;
};
