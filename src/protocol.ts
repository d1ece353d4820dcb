// The codec alone, as `feiyan/protocol`: bytes to typed messages and back, for tools that have their own network. Everything
// exported is named here; bring a TextCodec (and a PacketCrypto for FeiQ groups), or use the ones below.
export { charsetNamed, createTextCodec } from "./charset/codecs.js";
export { createPacketCrypto } from "./crypto/group.js";
export { isSafeName } from "./files/safe-name.js";
export {
  buildFileList,
  buildName,
  fileAttribute,
  fileType,
  type OutgoingFile,
  parseFileList,
  unknownSize,
} from "./protocol/attachments.js";
export { type CharsetChoice, type CharsetEvidence, chooseCharset } from "./protocol/charset-choice.js";
export {
  type CommandClass,
  type CommandMeaning,
  commandMeaning,
  type CommandName,
  type CommandRow,
  commands,
} from "./protocol/commands.js";
export { decode } from "./protocol/decode.js";
export {
  buildFeiqVersion,
  parseFeiqVersion,
  type VersionTraits,
  versionTraits,
} from "./protocol/dialects.js";
export { emoticonCodes, splitEmoticons, type TextToken } from "./protocol/emoticons.js";
export { encode, encodeRawText, type OutgoingPacket, parsePacketNo } from "./protocol/encode.js";
export {
  buildExtension,
  type EntryNames,
  entryNames,
  type FeiyanExtension,
  parseExtension,
} from "./protocol/entry.js";
export { packetOfDict } from "./protocol/dict-message.js";
export { buildIpDict, type DictValue, type IpDict, parseIpDict } from "./protocol/ipdict.js";
export { type Field, listFields } from "./protocol/fields.js";
export { type Frame, type FrameFault, parseFrame } from "./protocol/frame.js";
export { buildGroupPacket, buildGroupText, groupAddress } from "./protocol/group.js";
export { buildHostList, type OutgoingHost, parseHostList, swapPort } from "./protocol/host-list.js";
export { decodeLzw } from "./protocol/image/lzw.js";
export { openPicture, type Picture, type PictureFormat } from "./protocol/image/picture.js";
export { buildImageAck, buildImageSlice } from "./protocol/image/slice.js";
export {
  createImageAssembler,
  type ImageAssembler,
  sliceImage,
  type SliceOutcome,
} from "./protocol/image-slices.js";
export {
  inspect,
  inspectFile,
  type InspectedFile,
  type InspectedOther,
  type InspectedPacket,
  type Inspection,
  type InspectOptions,
} from "./protocol/inspect.js";
export { limits } from "./protocol/limits.js";
export type {
  Body,
  ByteRange,
  Decoded,
  Dialect,
  Dropped,
  EntryBody,
  FeiqVersion,
  FileRecord,
  FileRequest,
  Font,
  GroupBody,
  GroupText,
  HostList,
  HostListEntry,
  ImageSlice,
  InlineImage,
  MessageBody,
  Packet,
  PacketCrypto,
  PacketNo,
  PublicKeyBody,
  RawText,
} from "./protocol/message.js";
export { officialAccepts } from "./protocol/official.js";
export {
  capabilitiesOf,
  type Capability,
  hasOption,
  optionBits,
  type OptionName,
  optionNames,
  unknownOptionBits,
} from "./protocol/options.js";
export { buildPublicKey, parsePublicKey } from "./protocol/public-key.js";
export { requiredReply, type RequiredReply } from "./protocol/reply.js";
export {
  answerFor,
  chooseSuite,
  cipherBits,
  formatCaps,
  ownCaps,
  parseCaps,
  type CipherName,
  type CipherSuite,
} from "./protocol/encryption/capabilities.js";
export { buildEnvelope, parseEnvelope, type Envelope } from "./protocol/encryption/envelope.js";
export { buildInnerText, packetWithPlain, type Recipient } from "./protocol/encryption/inner-text.js";
export {
  buildEncryptedRequest,
  parseEncryptedRequest,
  type EncryptedFileRequest,
} from "./protocol/encryption/file-request.js";
export { buildKeyName, parseKeyName } from "./protocol/encryption/key-name.js";
export type { MessageCipher, OwnKeys, PublicKey } from "./protocol/encryption/message-cipher.js";
export { createRequestReader, type RequestProgress, type RequestReader } from "./protocol/request.js";
export { buildFileRequest, parseFileRequest } from "./protocol/request-argument.js";
export {
  buildDirParent,
  buildDirRecord,
  createDirStreamReader,
  type DirEntry,
  type DirEvent,
  type DirStreamOptions,
  type DirStreamReader,
  type OutgoingDirRecord,
} from "./protocol/stream.js";
export { buildImageMark, parseStyledText, type StyledText } from "./protocol/text.js";
export type {
  Charset,
  CharsetReason,
  DecodeContext,
  TextCodec,
  UnencodableCharacter,
} from "./protocol/text-codec.js";
export { isStrictUtf8, lookAtUtf8, type Utf8Look } from "./protocol/utf8.js";
