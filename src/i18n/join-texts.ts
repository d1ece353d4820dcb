// Joins the parts of a catalogue. Written with spreads, a catalogue of a thousand texts took ten milliseconds at every start: each text
// after a spread gives the object a new shape. A table without a prototype is a dictionary from the beginning. Called by the catalogues.

type Texts = Readonly<Record<string, string>>;

type KeyIn<Part> = Part extends unknown ? keyof Part & string : never;

/** One table with the texts of all parts; a later part wins. */
export const joinTexts = <Parts extends readonly Texts[]>(
  ...parts: Parts
): Readonly<Record<KeyIn<Parts[number]>, string>> => {
  const joined: Record<string, string> = Object.create(null);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of the parts
  return Object.assign(joined, ...parts) as Record<KeyIn<Parts[number]>, string>;
};
