// Fingerprints as two people compare them aloud: eight words in Chinese or English, or thirty digits. Each byte is a word of two
// parts, and no two parts of a row sound alike. Called by front ends.

export type FingerprintForm = "zh-CN" | "en" | "digits" | "hex";

const chinese = {
  first: "红黄蓝绿白黑金紫大小长高老圆快冷",
  second: "马牛羊虎熊龙蛇鸡狗猪鱼雀山水花星",
} as const;

const english = {
  first: "red yellow blue green white black gold pink big small long tall old round fast cold".split(" "),
  second: "horse ox sheep tiger bear dragon snake hen dog pig fish bird hill river flower star".split(" "),
} as const;

const wordBytes = 8;
const digitGroups = 6;
/** Five bytes to five digits: what is left over of 2^40 is not worth a thought. */
const groupBytes = 5;

/**
 * A fingerprint (64 hexadecimal digits) in a form for people; the empty text for anything that is none.
 *
 * @example formatFingerprint(peer.fingerprint ?? "", "zh-CN") // "红马 老龙 …"
 */
export function formatFingerprint(fingerprint: string, form: FingerprintForm): string {
  if (!/^[0-9a-f]{64}$/.test(fingerprint)) return "";
  const bytes = Array.from({ length: 32 }, (_, at) =>
    Number.parseInt(fingerprint.slice(2 * at, 2 * at + 2), 16),
  );
  switch (form) {
    case "zh-CN":
      return bytes
        .slice(0, wordBytes)
        .map((byte) => chinese.first.charAt(byte >> 4) + chinese.second.charAt(byte & 15))
        .join(" ");
    case "en":
      return bytes
        .slice(0, wordBytes)
        .map((byte) => `${english.first[byte >> 4] ?? ""}-${english.second[byte & 15] ?? ""}`)
        .join(" ");
    case "digits":
      return Array.from({ length: digitGroups }, (_, group) => {
        const part = bytes.slice(group * groupBytes, (group + 1) * groupBytes);
        const value = part.reduce((sum, byte) => sum * 256 + byte, 0);
        return String(value % 100_000).padStart(5, "0");
      }).join(" ");
    case "hex":
      return fingerprint.match(/.{4}/gu)?.join(" ") ?? "";
    default: {
      const never: never = form;
      return never;
    }
  }
}
