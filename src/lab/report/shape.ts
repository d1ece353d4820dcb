// Shapes of JSON values: one description gives the type, the check of hostile input and the JSON Schema of the document. Small on
// purpose: what a report needs and no more. Numbers are finite, texts and lists have an end.

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Shape<T> {
  /** Null when the value fits, else where it does not: `.up.lost`. */
  readonly fault: (value: unknown, path: string) => string | null;
  readonly schema: JsonSchema;
  readonly optional?: true;
  /** Only for the type. */
  readonly type?: T;
}

export type TypeOf<S> = S extends Shape<infer T> ? T : never;

interface OptionalShape<T> extends Shape<T> {
  readonly optional: true;
}

type Fields = Readonly<Record<string, Shape<unknown>>>;

type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends OptionalShape<unknown> ? never : K]: TypeOf<F[K]>;
} & { readonly [K in keyof F as F[K] extends OptionalShape<unknown> ? K : never]?: TypeOf<F[K]> };

/** Narrows a value that fits. */
export function fits<T>(shape: Shape<T>, value: unknown): value is T {
  return shape.fault(value, "") === null;
}

function simple<T>(schema: JsonSchema, isFit: (value: unknown) => boolean): Shape<T> {
  return { schema, fault: (value, path) => (isFit(value) ? null : path) };
}

export const number: Shape<number> = simple({ type: "number" }, Number.isFinite);

export const count: Shape<number> = simple(
  { type: "integer", minimum: 0 },
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);

export const ratio: Shape<number> = simple(
  { type: "number", minimum: 0, maximum: 1 },
  (value) => typeof value === "number" && value >= 0 && value <= 1,
);

export const truth: Shape<boolean> = simple({ type: "boolean" }, (value) => typeof value === "boolean");

export function text(maxLength: number, pattern?: RegExp): Shape<string> {
  return simple(
    { type: "string", maxLength, ...(pattern === undefined ? {} : { pattern: pattern.source }) },
    (value) => typeof value === "string" && value.length <= maxLength && (pattern?.test(value) ?? true),
  );
}

export function choice<const T extends string | number>(...members: readonly T[]): Shape<T> {
  return simple({ enum: members }, (value) => members.some((member) => member === value));
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    schema: { anyOf: [shape.schema, { type: "null" }] },
    fault: (value, path) => (value === null ? null : shape.fault(value, path)),
  };
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { schema: shape.schema, fault: shape.fault, optional: true };
}

export function list<T>(item: Shape<T>, maxItems: number): Shape<readonly T[]> {
  return {
    schema: { type: "array", maxItems, items: item.schema },
    fault: (value, path) => {
      if (!Array.isArray(value) || value.length > maxItems) return path;
      return firstFault(value.entries(), (index, one) => item.fault(one, `${path}[${index}]`));
    },
  };
}

export function pair<A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> {
  return {
    schema: { type: "array", minItems: 2, maxItems: 2, prefixItems: [first.schema, second.schema] },
    fault: (value, path) => {
      if (!Array.isArray(value) || value.length !== 2) return path;
      return first.fault(value[0], `${path}[0]`) ?? second.fault(value[1], `${path}[1]`);
    },
  };
}

/** Any keys, one kind of value. */
export function table<T>(item: Shape<T>, maxProperties: number): Shape<Readonly<Record<string, T>>> {
  return {
    schema: { type: "object", maxProperties, additionalProperties: item.schema },
    fault: (value, path) => {
      if (!isRecord(value)) return path;
      const entries = Object.entries(value);
      if (entries.length > maxProperties) return path;
      return firstFault(entries, (key, one) => item.fault(one, `${path}.${key}`));
    },
  };
}

/** Named keys; unknown ones are let pass, so that a later version's report can be read. */
export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const required = Object.keys(fields).filter((key) => fields[key]?.optional !== true);
  return {
    schema: {
      type: "object",
      required,
      properties: Object.fromEntries(Object.entries(fields).map(([key, shape]) => [key, shape.schema])),
    },
    fault: (value, path) => {
      if (!isRecord(value)) return path;
      return firstFault(Object.entries(fields), (key, shape) => {
        if (!Object.hasOwn(value, key)) return shape.optional === true ? null : `${path}.${key}`;
        return shape.fault(value[key], `${path}.${key}`);
      });
    },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstFault<K, V>(
  entries: Iterable<[K, V]>,
  faultOf: (key: K, value: V) => string | null,
): string | null {
  for (const [key, value] of entries) {
    const fault = faultOf(key, value);
    if (fault !== null) return fault;
  }
  return null;
}
