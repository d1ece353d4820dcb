// The places where a key can be pressed, and which of them have something in common. Used by the key table and by whoever has the focus.

/** Every place of the lab's screen. */
export const labPlaces = [
  "lab",
  "lab-hand",
  "lab-race",
  "lab-list",
  "lab-lesson",
  "lab-form",
  "lab-class",
  "lab-student",
] as const;

/** Where a key is pressed. Every place but `global` falls back to `global`; `completion` falls back to `input` first. */
export const keyContexts = [
  "global",
  "input",
  "completion",
  "peers",
  "log",
  "menu",
  "form",
  "receive",
  "help",
  "details",
  "question",
  "search",
  "packet",
  "wire",
  "themes",
  "files",
  "welcome",
  "impair",
  ...labPlaces,
] as const;

export type KeyContext = (typeof keyContexts)[number];

export const lists: readonly KeyContext[] = [
  "peers",
  "log",
  "receive",
  "help",
  "details",
  "completion",
  "packet",
  "wire",
  "themes",
  "impair",
  ...labPlaces,
];

/** Places where nothing is written: letters are keys there. */
export const letterContexts: readonly KeyContext[] = [
  "log",
  "details",
  "packet",
  "impair",
  "lab",
  "lab-hand",
  "lab-race",
  "lab-list",
  "lab-class",
  "lab-student",
];

/** Of these, where numbers are typed all the same. */
export const numberContexts: readonly KeyContext[] = ["impair", "lab", "lab-race"];

/** Those with a form in them. */
export const labForms: readonly KeyContext[] = ["impair", "lab", "lab-race", "lab-form"];

/** From where one letter leads to another page. */
export const labDoors: readonly KeyContext[] = ["lab", "lab-race", "lab-list"];

/** Lists beside which nothing is written, so that Home and End are theirs. */
export const withoutTyping: readonly KeyContext[] = [
  "peers",
  "log",
  "help",
  "details",
  "packet",
  "wire",
  "themes",
  ...labPlaces,
];
