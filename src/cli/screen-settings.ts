// The settings that the screen takes, from the table of settings. Used when it starts and when settings are read again.
import type { Settings } from "../config/schema.js";
import type { Language } from "../i18n/catalogue.js";
import type { AppSettings } from "../tui/app-options.js";

export const screenSettings = (settings: Settings, lang: Language): AppSettings => ({
  lang,
  theme: settings.theme,
  color: settings.color,
  ambiguousWidth: settings.ambiguousWidth,
  mouse: settings.mouse,
  bell: settings.bell,
  keys: settings.keys,
  charset: settings.charset,
  cursor: settings.cursor,
  notify: settings.notify,
  highlight: settings.highlight,
  notifyRules: settings.notifyRules,
});
