// Joins the parts of a catalogue when a text of it is first wanted: of two languages a start reads one. Written with spreads, a catalogue of
// a thousand texts took ten milliseconds: each text after a spread gives the object a new shape. A table without a prototype is a
// dictionary from the beginning. Called by the catalogues.

type Texts = Readonly<Record<string, string>>;

type KeyIn<Part> = Part extends unknown ? keyof Part & string : never;

/** One table with the texts of all parts, made once; a later part wins. */
export const joinTexts = <Parts extends readonly Texts[]>(
  ...parts: { readonly [P in keyof Parts]: () => Parts[P] }
): (() => Readonly<Record<KeyIn<Parts[number]>, string>>) => {
  let joined: Record<KeyIn<Parts[number]>, string> | undefined;
  return () => {
    if (joined === undefined) {
      const table: Record<KeyIn<Parts[number]>, string> = Object.create(null);
      for (const part of parts) Object.assign(table, part());
      joined = table;
    }
    return joined;
  };
};
