// The seam between the views and the painter: a picture of the screen as plain data. Views make it from state, tests compare it,
// `paint` turns it into cells. It knows nothing of blessed, escape sequences or colours: styles are roles, themes give them looks.

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Columns and rows of the screen, origin top left, in cells. */
export interface Rect {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** A run of text in one style. Text is display text: sanitised, in canonical form, without line breaks or tabs. */
export interface Span {
  readonly text: string;
  readonly role: Role;
  /** Added to the role's look: unread and marked things, search hits. */
  readonly bold?: boolean;
  /** Swaps foreground and background, e.g. the selection of a focused list. */
  readonly inverse?: boolean;
  readonly underline?: boolean;
  /** Two pixels of a picture above each other, 0xRRGGBB, in place of the text: no role knows their colours. */
  readonly colours?: readonly [top: number, bottom: number];
}

export type Line = readonly Span[];

/** A rectangle of lines. Lines longer than the pane are cut at its edge (a wide character cut in half becomes a space), missing ones are filled. */
export interface Pane {
  /** Stable while the region lives, e.g. `log`, `peers`, `popup`. */
  readonly id: string;
  readonly rect: Rect;
  readonly lines: readonly Line[];
  /** Style of the cells that no span covers. */
  readonly fill: Role;
}

export interface Scene {
  readonly size: Size;
  /** Painted in order: later panes lie over earlier ones (popups last). */
  readonly panes: readonly Pane[];
  /** The hardware cursor: the caret; null hides it (no input on the screen). */
  readonly cursor: { readonly column: number; readonly row: number } | null;
  /** Pictures that the terminal draws itself, over cells left blank for them; only where it can. */
  readonly images?: readonly PlacedImage[];
  /** Window title, already harmless; absent leaves it alone. */
  readonly title?: string;
}

/** A picture of our own making at its place. */
export interface PlacedImage {
  /** The same picture at the same place is drawn once. */
  readonly key: string;
  readonly rect: Rect;
  readonly png: Uint8Array;
}

/** What a piece of the screen means; themes say what it looks like. */
export const roles = [
  "screen",
  "menu",
  "menu.key",
  "menu.active",
  "menu.disabled",
  "pane.title",
  "pane.title.focused",
  "border",
  "border.focused",
  "peer.online",
  "peer.away",
  "peer.offline",
  "peer.raw",
  "peer.everyone",
  "peer.selected",
  "peer.unread",
  "peer.dialect",
  "message.time",
  "message.own",
  "message.peer",
  "message.name.own",
  "message.name.1",
  "message.name.2",
  "message.name.3",
  "message.name.4",
  "message.name.5",
  "message.name.6",
  "message.name.7",
  "message.name.8",
  "message.system",
  "message.error",
  "message.file",
  "message.link",
  "message.match",
  "message.sealed",
  "message.emoticon",
  "delivery.sent",
  "delivery.delivered",
  "delivery.unconfirmed",
  "delivery.retrying",
  "delivery.queued",
  "line.day",
  "line.unread",
  "input",
  "input.prompt",
  "input.marker",
  "input.warning",
  "status",
  "status.value",
  "status.warning",
  "status.unread",
  "popup",
  "popup.title",
  "popup.border",
  "popup.selected",
  "popup.disabled",
  "popup.hint",
  "form.label",
  "form.field",
  "form.field.focused",
  "form.error",
  "scrollbar",
  "scrollbar.thumb",
  "hex.offset",
  "hex.byte",
  "hex.field.1",
  "hex.field.2",
  "hex.field.3",
  "hex.field.4",
  "lab.good",
  "lab.lost",
  "lab.late",
  "lab.duplicate",
] as const;

export type Role = (typeof roles)[number];
