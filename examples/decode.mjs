// The codec alone: any bytes become a value. Prints who says what in a FeiQ message in GBK.
import { createTextCodec } from "feiyan";
import { decode } from "feiyan/protocol";

const hex = process.argv[2] ?? "313a3332343234343ad0a1b5c0cabf3a7562756e74753a33323ac4e3bac3";

const decoded = decode(Uint8Array.from(Buffer.from(hex, "hex")), createTextCodec(), { legacyCharset: "gbk" });
if (decoded.kind === "packet") {
  console.log(`${decoded.modeName} ${decoded.packetNo} ${decoded.user}@${decoded.host}: ${decoded.text}`);
  console.log(`charset ${decoded.charset}, because: ${decoded.charsetReason}`);
} else {
  console.log(`${decoded.kind}: ${decoded.reason}`);
}
