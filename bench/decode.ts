// Full decode of a GBK message against iconv-lite alone on the same whole datagram.
import iconv from "iconv-lite";
import { createTextCodec } from "../src/charset/codecs.js";
import { decode } from "../src/protocol/decode.js";
import { compare, rate } from "./ratio.js";
import type { Ratio } from "./ratio.js";

const codec = createTextCodec();
const context = { legacyCharset: "gbk" } as const;
const count = 200_000;

const samples = {
  "short line of a script": "1:324244:小道士:ubuntu:32:你好",
  "FeiQ sentence with its font":
    "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1780525950:13652:DESKTOP-4331HHF:288:下午三点在机房开会，请大家带上笔记本电脑。{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}\0\0",
  "a page of text": `1:1780525951:li:pc:288:${"飞雁是局域网里的聊天程序，收发都走一个端口。".repeat(20)}\0`,
};

export async function benchDecode(): Promise<Ratio[]> {
  const results: Ratio[] = [];
  for (const [name, text] of Object.entries(samples)) {
    const bytes = iconv.encode(text, "gbk");
    const view = new Uint8Array(bytes);
    const times = name === "a page of text" ? count / 20 : count;
    const result = compare(
      `decode: ${name}`,
      9,
      () => rate(times, () => void decode(view, codec, context)),
      () => rate(times, () => void iconv.decode(bytes, "gbk")),
    );
    // oxlint-disable-next-line no-await-in-loop -- benchmarks must not disturb each other
    results.push(await result);
  }
  return results;
}
