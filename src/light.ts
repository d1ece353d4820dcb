// The part of the library that opens nothing: what a command needs that only asks a running instance. index.ts exports all of it too, and a
// good deal more, which takes as long to load as such a command takes otherwise. Used inside this program only.
export { createTextCodec } from "./charset/codecs.js";
export { formatEndpoint, parseEndpoint } from "./core/endpoint.js";
export { formatFingerprint } from "./core/fingerprint-words.js";
export { createMirror } from "./core/mirror.js";
export { everyone, roomNumberOf } from "./core/model.js";
export { safeText } from "./core/safe-text.js";
export { isUnopened, peerName, resolveTarget } from "./core/selectors.js";
export { formatImpairment, parseImpairment } from "./net/impairment-text.js";
export { createSystemRandom } from "./node/random.js";
export { errorCodes, FeiyanError } from "./ports/error.js";
export { version } from "./version.js";
