// What a value from the socket must look like, said once: read by the server, printed as JSON Schema in the documentation. Knows no
// request. A value that does not fit is a ShapeProblem with the place where it does not.

export interface Shape<T> {
  /** JSON Schema of the value. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The value, or a ShapeProblem thrown with the path to what is wrong. */
  read(value: unknown, path: string): T;
}

export class ShapeProblem extends Error {
  override readonly name = "ShapeProblem";
}

function shape<T>(
  schema: Readonly<Record<string, unknown>>,
  wants: string,
  fits: (value: unknown) => value is T,
): Shape<T> {
  return {
    schema,
    read(value, path) {
      if (fits(value)) return value;
      throw new ShapeProblem(`${path} must be ${wants}`);
    },
  };
}

export const text = (maxCharacters: number): Shape<string> =>
  shape(
    { type: "string", maxLength: maxCharacters },
    `a text of at most ${maxCharacters} characters`,
    (value): value is string => typeof value === "string" && value.length <= maxCharacters,
  );

export const flag: Shape<boolean> = shape(
  { type: "boolean" },
  "true or false",
  (value): value is boolean => typeof value === "boolean",
);

export const whole = (min: number, max: number): Shape<number> =>
  shape(
    { type: "integer", minimum: min, maximum: max },
    `a whole number from ${min} to ${max}`,
    (value): value is number =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
  );

export const choice = <const T extends string>(members: readonly T[]): Shape<T> =>
  shape({ enum: members }, `one of ${members.join(", ")}`, (value): value is T =>
    members.some((member) => member === value),
  );

/** A text that has a name of its own in the program, such as an id. */
export const branded = <T extends string>(maxCharacters: number): Shape<T> => {
  const base = text(maxCharacters);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an id that nobody has fits nobody
  return { schema: base.schema, read: (value, path) => base.read(value, path) as T };
};

export const orNull = <T>(inner: Shape<T>): Shape<T | null> => ({
  schema: { anyOf: [inner.schema, { type: "null" }] },
  read: (value, path) => (value === null ? null : inner.read(value, path)),
});

export const either = <A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> => ({
  schema: { anyOf: [a.schema, b.schema] },
  read(value, path) {
    try {
      return a.read(value, path);
    } catch (problem) {
      if (!(problem instanceof ShapeProblem)) throw problem;
      return b.read(value, path);
    }
  },
});

export const listOf = <T>(inner: Shape<T>, maxItems: number): Shape<readonly T[]> => ({
  schema: { type: "array", items: inner.schema, maxItems },
  read(value, path) {
    if (!Array.isArray(value) || value.length > maxItems) {
      throw new ShapeProblem(`${path} must be a list of at most ${maxItems}`);
    }
    return value.map((item, index) => inner.read(item, `${path}[${index}]`));
  },
});

/** A key that may be absent. */
export interface Optional<T> {
  readonly optional: Shape<T>;
}

export const optional = <T>(inner: Shape<T>): Optional<T> => ({ optional: inner });

type Fields = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>;

export type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Shape<unknown> ? K : never]: F[K] extends Shape<infer T> ? T : never;
} & {
  readonly [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: F[K] extends Optional<infer T>
    ? T
    : never;
};

/** An object with these keys and no others. */
export const object = <const F extends Fields>(fields: F): Shape<ObjectOf<F>> => {
  const names = Object.keys(fields);
  const shapeOf = (key: string): Shape<unknown> | undefined => {
    const field = fields[key];
    return field !== undefined && "optional" in field ? field.optional : field;
  };
  return {
    schema: {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, shapeOf(name)?.schema])),
      required: names.filter((name) => !("optional" in (fields[name] ?? {}))),
      additionalProperties: false,
    },
    read(value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new ShapeProblem(`${path} must be an object`);
      }
      const out: Record<string, unknown> = {};
      for (const [key, inner] of Object.entries(value)) {
        const wanted = Object.hasOwn(fields, key) ? shapeOf(key) : undefined;
        if (wanted === undefined) throw new ShapeProblem(`${path} has no ${key.slice(0, 40)}`);
        out[key] = wanted.read(inner, `${path}.${key}`);
      }
      const missing = names.find((name) => !("optional" in (fields[name] ?? {})) && !(name in out));
      if (missing !== undefined) throw new ShapeProblem(`${path}.${missing} is missing`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was read by its shape
      return out as ObjectOf<F>;
    },
  };
};
