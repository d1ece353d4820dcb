// Texts around FeiQ's groups, around what feiyan tells feiyan and around questions to peers, in English: the keys are those of groups-zh-CN.ts.
import type { groupsZhCN } from "./groups-zh-CN.js";

export const groupsEn = (): Readonly<Record<keyof ReturnType<typeof groupsZhCN>, string>> => ({
  "cli.summary.peers.ask": "ask for somebody's program version and absence text",
  "cli.info.version": "version",
  "cli.info.absence": "absence",
  "cli.summary.group.join": "belong to a FeiQ group, by its number",
  "cli.summary.group.leave": "leave a FeiQ group",
  "cli.group.joined": "joined",
  "cli.group.heard": "heard",
  "cli.mark.group": "[group {group}] ",
  "cli.watch.room": "FeiQ group {group}: {members}",
  "setting.feiqGroups": "FeiQ groups to belong to from the start, by number",
  "setting.sharePeers": "tell other feiyan with this setting whom we heard, and greet whom they heard",
  "error.group-invalid.text": "{group} is not the number of a FeiQ group",
  "error.group-invalid.remedy": "a number is 1 to 32 letters and digits, such as 3b199b07",
  "error.too-many-groups.text": "already in {limit} FeiQ groups, which is the most",
  "error.too-many-groups.remedy": "leave one first: feiyan group leave NUMBER",
  "error.not-in-group.text": "not in the FeiQ group {group}",
  "error.not-in-group.remedy":
    "join it first: feiyan group join NUMBER; one of the setting feiqGroups is taken out there",
  "error.group-heard.text": "the FeiQ group {group} was heard (from {address})",
  "error.group-heard.remedy": "to belong to it: /join-group NUMBER, or feiyan group join NUMBER",
});
