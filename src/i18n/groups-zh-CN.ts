// Texts around FeiQ's groups and around what feiyan tells feiyan, in Chinese; these keys are what the other language must have too.
export const groupsZhCN = {
  "cli.summary.group.join": "加入飞秋群（按群号）",
  "cli.summary.group.leave": "退出飞秋群",
  "cli.group.joined": "已加入",
  "cli.group.heard": "听到过",
  "cli.mark.group": "[群 {group}] ",
  "cli.watch.room": "飞秋群 {group}：{members}",
  "setting.feiqGroups": "启动时加入的飞秋群（群号）",
  "setting.sharePeers": "与同样打开此项的飞雁互相告知听到过的好友地址（跨网段）",
  "error.group-invalid.text": "{group} 不是飞秋群号",
  "error.group-invalid.remedy": "群号是 1 到 32 个字母和数字，例如 3b199b07",
  "error.too-many-groups.text": "已加入 {limit} 个飞秋群，不能再多",
  "error.too-many-groups.remedy": "先退出一个：feiyan group leave 群号",
  "error.not-in-group.text": "没有加入飞秋群 {group}",
  "error.not-in-group.remedy": "先加入：feiyan group join 群号；写在设置 feiqGroups 里的从那里去掉",
  "error.group-heard.text": "听到飞秋群 {group}（来自 {address}）",
  "error.group-heard.remedy": "想加入：/join-group 群号，或 feiyan group join 群号",
} as const;
