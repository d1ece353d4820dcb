// A15 and A16: a listening server under datagrams that nobody should send. The judge writes them itself from the documents, counts
// bytes both ways, and looks at what the server still does afterwards.
import { createSocket } from "node:dgram";
import { forge, sealed, typeOf } from "./datagram.js";
import type { Finding } from "./finding.js";
import { openProxy } from "./proxy.js";
import { measureLab, startServer, textOf } from "./program.js";

const rounds = 10_000;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const random = (most: number): number => Math.floor(Math.random() * most);

const noise = (sizeBytes: number): Buffer =>
  Buffer.from(Array.from({ length: sizeBytes }, () => random(256)));

/** Random bytes, correct and mutated openings, data and requests with made-up tokens. */
function strange(round: number): Buffer {
  switch (round % 5) {
    case 0:
      return noise(random(1_400));
    case 1:
      return forge(0x80, 96, (bytes) => noise(64).copy(bytes, 32));
    case 2:
      return forge(0x82, 192, (bytes) => noise(160).copy(bytes, 32));
    case 3: {
      const bytes = forge(
        [1, 0x84, 0x85, 0x87, 0x89, 0xa1, 0xa2, 0xa6][random(8)] ?? 1,
        [72, 64, 128, 1_200, 64, 1_200, 96, 700][random(8)] ?? 72,
      );
      noise(8).copy(bytes, 4);
      return sealed(bytes);
    }
    default: {
      const bytes = forge(0x80, 96);
      bytes[random(96)] = random(256);
      return round % 2 === 0 ? bytes : sealed(bytes);
    }
  }
}

export async function measureAmplification(): Promise<Finding> {
  const { port, server } = await startServer();
  const socket = createSocket("udp4");
  let out = 0;
  let into = 0;
  let sessions = 0;
  socket.on("message", (bytes) => {
    out += bytes.length;
    if (typeOf(bytes) === 0x83) sessions += 1;
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  for (let round = 0; round < rounds; round += 1) {
    const bytes = strange(round);
    into += bytes.length;
    socket.send(bytes, port, "127.0.0.1");
    // The server's answers are limited by the second as well: some of the noise meets each of them.
    // oxlint-disable-next-line no-await-in-loop -- paced
    if (round % 100 === 99) await pause(20);
  }
  await pause(500);
  socket.close();
  // It still works, for somebody who is honest.
  const { exitCode, report } = await measureLab(["run", `127.0.0.1:${port}`, "-n", 100, "--rate", 500]);
  const ended = await server.stop();
  const lost = report["up"]?.["lost"];
  return {
    measured: `${rounds.toLocaleString("en-US")} datagrams, ${into.toLocaleString("en-US")} bytes in, ${out.toLocaleString("en-US")} out; ${sessions} sessions made; afterwards an honest run loses ${textOf(lost)} of 100, the server ends as usual at Ctrl-C (${ended.exitCode})`,
    holds:
      out > 0 &&
      out <= into &&
      sessions === 0 &&
      exitCode === 0 &&
      Number(lost) === 0 &&
      ended.exitCode === 130 &&
      ended.stderr.trim() === "",
  };
}

export async function measureForgery(): Promise<Finding> {
  const { port, server } = await startServer();
  const seen = new Map<number, Buffer>();
  const answers = { accepts: [] as Buffer[], echoes: 0 };
  const proxy = await openProxy(port, (bytes, way, pass) => {
    const type = typeOf(bytes) ?? -1;
    if (way === "up" && !seen.has(type)) seen.set(type, bytes);
    if (way === "down" && type === 0x83) answers.accepts.push(bytes);
    if (way === "down" && type === 0x02) answers.echoes += 1;
    pass(bytes);
  });
  const running = measureLab([
    "run",
    `127.0.0.1:${proxy.port}`,
    "-n",
    300,
    "--rate",
    100,
    "--deadline",
    "10s",
  ]);
  await pause(1_500);
  const [start, data] = [seen.get(0x82), seen.get(0x01)];
  if (start === undefined || data === undefined) return { measured: "the run did not begin", holds: false };
  const before = answers.accepts.length;
  proxy.toServer(start);
  await pause(200);
  const tokens = new Set(answers.accepts.map((bytes) => bytes.toString("hex", 4, 12)));
  const replayed = answers.accepts.length - before;
  const elsewhere = [await proxy.fromElsewhere(start, 200), await proxy.fromElsewhere(data, 200)].flat()
    .length;
  const echoes = answers.echoes;
  const forged = Buffer.from(data);
  forged[11] = (forged[11] ?? 0) ^ 1;
  forged.writeUInt32BE(299, 12);
  for (let index = 0; index < 50; index += 1) proxy.toServer(sealed(forged));
  const { report } = await running;
  const extra = answers.echoes - echoes > 300 ? "more echoes than datagrams" : "none answered";
  // A cookie lives for this half-minute and the one before.
  await pause(62_000);
  const { accepts } = answers;
  const late = accepts.length;
  proxy.toServer(start);
  await pause(300);
  const expired = accepts.length - late;
  proxy.close();
  await server.stop();
  const up = report["up"];
  return {
    measured: `replayed START: ${replayed} answer, ${tokens.size} token in all; from a foreign address ${elsewhere} answers; 50 with a wrong token: ${extra}, the run counts ${textOf(up?.["unique"])} of 300 and ${textOf(up?.["copies"])} copies; expired cookie: ${expired} answers. Counting: npx vitest run --project unit test/lab/session`,
    holds:
      replayed === 1 &&
      tokens.size === 1 &&
      elsewhere === 0 &&
      Number(up?.["unique"]) === 300 &&
      Number(up?.["copies"]) === 0 &&
      expired === 0,
  };
}
