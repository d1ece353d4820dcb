// Every command with a call that succeeds and one that fails. `transcripts.test.ts` runs each for people and for programs and keeps what
// they say in a file per command; it also compares this table with that of the commands, so that none is without both.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  following,
  offerToDaemon,
  openClass,
  sealed,
  seen,
  takenByDaemon,
  unconfirmed,
  type Scene,
} from "./scene.js";

export interface Call {
  readonly command: string;
  /** Words after the command; `{name}` is a value of the scene. */
  readonly words: string;
  readonly code: number;
  readonly input?: string;
  /** Whose home: that of the daemon, one with a history, or one with nothing. Default: the daemon's. */
  readonly home?: "daemon" | "kept" | "empty";
  /** Before each form. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** While it runs. */
  readonly during?: (scene: Scene) => Promise<unknown>;
  /** Ends by itself never: told to stop once this was printed. */
  readonly until?: RegExp;
  /** Lines kept of each stream; the rest is made from other tables. Default all. */
  readonly head?: number;
  /** Measured or found on this machine: only the code, and the types of the lines. */
  readonly isMeasured?: true;
}

/** Shown in another test of the real program, by its file. */
export interface Elsewhere {
  readonly command: string;
  readonly outcome: "success" | "failure";
  readonly test: string;
}

export type Row = Call | Elsewhere;

const call = (command: string, words: string, code: number, more: Partial<Call> = {}): Call => ({
  command,
  words,
  code,
  ...more,
});
const elsewhere = (command: string, outcome: Elsewhere["outcome"], test: string): Elsewhere => ({
  command,
  outcome,
  test,
});

const alone = { home: "empty" } as const;
const kept = { home: "kept" } as const;
const measured = { home: "empty", isMeasured: true } as const;

const peerOf = (scene: Scene, nick: string) => scene.owner.peers().find((peer) => peer.nick === nick);

async function policy(
  scene: Scene,
  value: { readonly muted: boolean; readonly note: string },
): Promise<void> {
  await scene.owner.setPolicy(peerOf(scene, "小明")!.id, value);
}

/** Both are entries of their own. */
async function parted({ owner }: Scene): Promise<void> {
  const holder = owner.peers().find(({ mergedIds }) => mergedIds.length > 0);
  if (holder === undefined) return;
  await owner.splitPeer(holder.mergedIds[0]!);
  await seen(owner, () => owner.peers().filter(({ nick }) => nick !== "").length === 4);
}

async function merged(scene: Scene): Promise<void> {
  const { owner } = scene;
  if (owner.peers().some(({ mergedIds }) => mergedIds.length > 0)) return;
  await owner.mergePeers(peerOf(scene, "旧名")!.id, peerOf(scene, "小明")!.id);
  await seen(owner, () => owner.peers().some(({ mergedIds }) => mergedIds.length > 0));
}

const fromPartner = (scene: Scene, text: string): Promise<unknown> =>
  scene.partner.say({ endpoint: { address: "127.0.0.1", port: scene.daemon.port } }, text);

const without = (name: string) => async (scene: Scene) => {
  rmSync(scene.values.get(name) ?? join(scene.values.get("folder")!, name), { force: true });
};

const logLines = ["会议改到四点", "报告在桌上"].map((text, index) =>
  JSON.stringify({
    v: 1,
    type: "message",
    at: `2026-11-2${index}T14:02:00.120Z`,
    id: `01JD${"0".repeat(21)}${index}`,
    direction: "in",
    peer: { id: "ming@pc", nick: "小明", address: "192.0.2.7:2425" },
    packetNo: String(100 + index),
    text,
    charset: "utf-8",
    charsetReason: "utf8-flag",
    options: [],
    sealed: false,
    encrypted: false,
    signed: false,
    broadcast: false,
    autoReply: false,
    dialect: "ipmsg",
    raw: Buffer.from(`1:10${index}:ming:pc:8388640:${text}\0`).toString("base64"),
    files: [],
  }),
);

const aLog = async (scene: Scene): Promise<void> => {
  writeFileSync(scene.values.get("log")!, `${logLines.join("\n")}\n`);
};

export const rows: readonly Row[] = [
  elsewhere("chat", "success", "control-screen.test.ts"),
  call("chat", "", 2, { ...alone, head: 3 }),

  call("send", "--to 小明 三点开会", 0),
  call("send", "--to 小明 -", 0, { input: "第一行\n第二行\n" }),
  call("send", "--to 小明,{silent} --timeout 0.5 四点", 7),
  call("send", "--to {silent} --timeout 0.1 五点", 3),
  call("send", "--to 没有这个人 六点", 4),
  call("send", "--to 127.0.0.1-9 七点", 2),
  call("send", "八点", 2),
  call("ask", "--to 小明 几点？", 0),
  call("ask", "--to {silent} --timeout 0.1 在吗", 3),
  call("watch", "--type message --count 1", 0, {
    during: async (scene) => {
      await following(scene, 2);
      await fromPartner(scene, "看见了");
    },
  }),
  call("watch", "--timeout 0 --type knock", 0),
  call("watch", "--type nonsense", 2),

  call("peers", "", 0, { before: parted }),
  call("peers", "--wait soon", 2),
  call("peers set", "小明 --mute --note 三楼", 0, {
    before: (scene) => policy(scene, { muted: false, note: "" }),
  }),
  call("peers set", "小明 --unmute --note=", 0, {
    before: (scene) => policy(scene, { muted: true, note: "三楼" }),
  }),
  call("peers set", "没有这个人 --block", 4),
  call("peers set", "小明 --block --unblock", 2),
  call("peers set", "小明", 2),
  call("peers set", "小明 --block", 5, { home: "empty", words: "小明 --block --no-history" }),
  call("peers ask", "小明", 0),
  call("peers ask", "没有这个人 --timeout 0.1", 4),
  call("peers merge", "{second} 小明", 0, { before: parted }),
  call("peers merge", "小明 小明", 2),
  call("peers split", "小明", 0, { before: merged }),
  call("peers split", "小明", 4, { before: parted }),

  // One after the other: there is a brake for each.
  call("knock", "--to {feiq}", 0, {
    before: async ({ values }) => values.set("feiq", values.get("feiq") === "飞秋" ? "飞秋二" : "飞秋"),
  }),
  call("knock", "", 2),
  call("open", "{message}", 0, { before: sealed }),
  call("open", "nothing", 2),
  call("group add", "一班 小明 192.0.2.7", 0, kept),
  call("group add", "一班", 2, kept),
  call("group list", "", 0, kept),
  call("group list", "extra", 2, kept),
  call("group join", "3b199b07", 0, kept),
  call("group join", "not-a-number", 2, kept),
  call("group leave", "3b199b07", 0, {
    ...kept,
    before: async ({ kept: home }) =>
      writeFileSync(join(home, "state", "feiq-groups.json"), `["3b199b07"]\n`),
  }),
  call("group leave", "3b199b08", 4, kept),
  call("group export", "", 0, kept),
  call("group export", "{taken}", 1, kept),
  call("group import", "{groups}", 0, {
    ...kept,
    before: async ({ values }) => writeFileSync(values.get("groups")!, `{"二班":["小红"]}\n`),
  }),
  call("group import", "{folder}/no", 2, kept),
  call("group remove", "一班 小明", 0, kept),
  call("group remove", "三班", 4, kept),

  call("away", "吃饭去了", 0),
  call("away", "", 5, alone),
  call("back", "", 0),
  call("back", "", 5, alone),

  call("files offer", "--to 小明 {file}", 0, { isMeasured: true }),
  call("files offer", "--to 小明 {folder}/no", 2),
  call("files receive", "--accept all --dir {folder}/received --count 1", 0, {
    isMeasured: true,
    during: async (scene) => {
      await following(scene, 2);
      await offerToDaemon(scene);
    },
  }),
  call("files receive", "--accept sometimes", 2),
  call("files list", "", 0, { isMeasured: true, before: offerToDaemon }),
  call("files list", "extra", 2),
  call("files accept", "{offer} --dir {folder}/accepted", 0, { isMeasured: true, before: offerToDaemon }),
  call("files accept", "nothing", 2),
  call("files refuse", "{offer}", 0, { before: offerToDaemon }),
  call("files refuse", "", 2),
  call("files cancel", "{offer}", 0, { before: offerToDaemon }),
  call("files cancel", "nothing", 2),

  call("files open", "{offer}", 0, { isMeasured: true, before: takenByDaemon }),
  call("files open", "nothing", 2),
  call("files picture", "--to 小明 {picture}", 0, { isMeasured: true }),
  call("files picture", "--to 小明 {folder}/no", 2),
  call("files policy", "小明 --accept ask", 0),
  call("files policy", "小明 --accept sometimes", 2),

  call("resend", "{message}", 0, { before: unconfirmed }),
  call("resend", "nothing", 2),

  call("history import", "{log}", 0, { ...kept, before: aLog }),
  call("history import", "{folder}/no", 2, kept),
  call("history list", "--with 小明", 0, kept),
  call("history list", "--after someday", 2, kept),
  call("history search", "会议", 0, kept),
  call("history search", "--limit none 会议", 2, kept),
  call("history export", "--format text", 0, kept),
  call("history export", "--format html {taken}", 1, kept),
  call("history redecode", "--with 小明 --charset gbk --dry-run", 0, kept),
  call("history redecode", "--with 没有这个人 --charset gbk", 4, kept),
  call("history queue", "", 0, kept),
  call("history queue", "--no-history", 2, kept),
  call("history queue", "--cancel nothing", 2, kept),
  call("history check", "", 0, { ...kept, isMeasured: true }),
  call("history check", "--no-history", 2, kept),
  call("history delete", "--everything --yes", 0, kept),
  call("history delete", "--everything", 2, kept),

  call("inspect", "313a3130303a736869726f757a753a6a7570697465723a33323a48656c6c6f", 0, alone),
  call("inspect", "", 0, { ...alone, input: "68656c6c6f\n" }),
  call("inspect", "--pcap {capture} --port 2425", 0, alone),
  call("inspect", "--pcap {file}", 2, alone),
  call("inspect", "zz", 2, alone),

  elsewhere("doctor", "success", "doctor.test.ts"),
  call("doctor", "--wait soon", 2, alone),

  elsewhere("lab", "success", "tui-lab.test.ts"),
  call("lab", "", 2, { ...alone, head: 3 }),
  call("lab solo", "--simulate --seed 7 -n 50 --loss 5% --save {folder}/solo.json", 0, {
    ...measured,
    before: without("solo.json"),
  }),
  call("lab solo", "--loss many", 2, alone),
  call("lab run", "{class} -n 20 --rate 200 --wait 100ms", 0, { ...measured, before: openClass }),
  call("lab run", "", 2, alone),
  elsewhere("lab serve", "success", "lab.test.ts"),
  call("lab serve", "--lab-port many", 2, alone),
  elsewhere("lab join", "success", "lab.test.ts"),
  call("lab join", "127.0.0.1 --students none", 2, alone),
  elsewhere("lab relay", "success", "lab.test.ts"),
  call("lab relay", "--listen 0", 2, alone),
  call("lab report", "{folder}/solo.json", 0, measured),
  call("lab report", "{folder}/no", 2, alone),
  call("lab doctor", "", 0, measured),
  call("lab doctor", "extra", 2, alone),
  call("lab race", "--simulate --seed 7 -n 50 --lanes udp,ipmsg", 0, alone),
  call("lab race", "--lanes bird", 2, alone),
  call("lab sticky", "-n 20", 0, measured),
  call("lab sticky", "-n none", 2, alone),
  call("lab handshake", "", 0, measured),
  call("lab handshake", "--backlog none", 2, alone),
  call("lab overflow", "-n 20 --rate 2000 --service 1ms", 0, measured),
  call("lab overflow", "--service long", 2, alone),
  call("lab sizes", "-n 20 --seed 1", 0, measured),
  call("lab sizes", "--mtu none", 2, alone),
  call("lab errors", "", 0, measured),
  call("lab errors", "extra", 2, alone),
  elsewhere("lab real", "success", "lab.test.ts"),
  call("lab real", "--loss 90%", 2, alone),
  call("lab lesson", "list", 0, alone),
  call("lab lesson", "nonsense", 2, alone),
  ...["echo", "upper", "tcp-echo", "tcp-upper", "tcp-chat", "http", "file-server"].flatMap((name) => [
    call(`lab ${name}`, "--listen 127.0.0.1:0", 0, { ...measured, until: /127\.0\.0\.1/ }),
    call(`lab ${name}`, "--listen nowhere", 2, alone),
  ]),

  call("sim", "--for 0.2", 0, { ...alone, isMeasured: true }),
  call("sim", "--for ever", 2, alone),

  elsewhere("daemon", "success", "control-daemon.test.ts"),
  call("daemon", "--port 0", 2, alone),
  call("daemon status", "", 0, { isMeasured: true }),
  call("daemon status", "", 5, alone),
  elsewhere("daemon stop", "success", "control-daemon.test.ts"),
  call("daemon stop", "", 5, alone),

  call("config show", "", 0, { ...alone, isMeasured: true }),
  call("config show", "--config {config}", 2, alone),
  call("config path", "", 0, { ...alone, isMeasured: true }),
  call("config path", "extra", 2, alone),
  call("config check", "", 0, { ...alone, isMeasured: true }),
  call("config check", "--config {config}", 2, alone),
  call("config template", "", 0, { ...alone, head: 3 }),
  call("config template", "{taken}", 1, alone),
  call("config reload", "", 0),
  call("config reload", "", 5, alone),

  ...["bash", "zsh", "fish", "powershell"].map((shell) =>
    call("completion", shell, 0, { ...alone, head: 2 }),
  ),
  call("completion", "tcsh", 2, alone),
  call("man", "", 0, { ...alone, head: 2 }),
  call("man", "extra", 2, alone),
];
