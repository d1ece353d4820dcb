// What FeiQ's 96 faces are called, in the order of its panel (`emoticonCodes` of the codec): shown in brackets where the code stands
// in a text, and offered where one is typed.

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const faceNamesZhCN = words(`
  微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 转圈
  难过 酷 冷汗 抓狂 吐 偷笑 可爱 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 大兵 奋斗
  咒骂 疑问 嘘 晕 折磨 衰 骷髅 敲打 再见 告别 擦汗 抠鼻 鼓掌 糗大了 坏笑 发抖
  左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 乒乓 跳跳
  咖啡 饭 猪头 玫瑰 凋谢 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀 足球 瓢虫 便便 哦
  月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 不 好的 爱情
`);

export const faceNamesEn = words(`
  smile pout in-love blank smug tears shy silent asleep crying awkward angry playful grin surprised spinning
  sad cool cold-sweat frantic sick giggle cute eye-roll proud hungry sleepy scared sweating simple-smile soldier fighting
  cursing question hush dizzy tortured unlucky skull knock goodbye waving wipe-sweat nose-pick applause embarrassed sly-grin shiver
  left-hmph right-hmph yawn disdain wronged near-tears sinister kiss-kiss startled pitiful cleaver watermelon beer basketball ping-pong jumping
  coffee rice pig rose wilted kiss heart broken-heart cake lightning bomb knife football ladybird poop oh
  moon sun gift hug strong weak handshake victory salute beckon fist lousy love-you no ok love
`);
