// A line of output against docs/schema/line.schema.json: the few words of JSON Schema that it uses, and a complaint about any other.
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Schema {
  readonly [key: string]: unknown;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const file = join(import.meta.dirname, "..", "..", "docs", "schema", "line.schema.json");
const whole: { readonly $defs: Readonly<Record<string, Schema>> } = JSON.parse(readFileSync(file, "utf8"));
const words = [
  "$ref",
  "const",
  "enum",
  "anyOf",
  "type",
  "pattern",
  "required",
  "properties",
  "additionalProperties",
  "items",
];

function typeOf(value: unknown): readonly string[] {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  return Number.isInteger(value) ? ["integer", "number"] : [typeof value];
}

/** What does not fit, by path. */
export function faultsOf(value: unknown, schema: Schema, path = "line"): readonly string[] {
  const strange = Object.keys(schema).find((word) => !words.includes(word));
  if (strange !== undefined) return [`the schema says ${strange}, which this check does not know`];
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/$defs/", "");
    return faultsOf(value, whole.$defs[name] ?? { enum: [] }, path);
  }
  const faults: string[] = [];
  if ("const" in schema && value !== schema.const) faults.push(`${path} is not ${String(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    faults.push(`${path} is ${JSON.stringify(value)}`);
  if (schema.anyOf !== undefined && schema.anyOf.every((one) => faultsOf(value, one, path).length > 0))
    faults.push(`${path} fits none`);
  if (schema.type !== undefined && ![schema.type].flat().some((type) => typeOf(value).includes(type)))
    faults.push(`${path} is ${JSON.stringify(value)}, no ${String(schema.type)}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(String(value)))
    faults.push(`${path} is ${JSON.stringify(value)}`);
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    faults.push(...value.flatMap((item, index) => faultsOf(item, items, `${path}[${index}]`)));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const key of schema.required ?? [])
      if (!Object.hasOwn(value, key)) faults.push(`${path}.${key} is missing`);
    for (const [key, inner] of Object.entries(value)) {
      const wanted = schema.properties?.[key];
      if (wanted === undefined && schema.additionalProperties === false) faults.push(`${path}.${key} is new`);
      if (wanted !== undefined) faults.push(...faultsOf(inner, wanted, `${path}.${key}`));
    }
  }
  return faults;
}

/** Throws when a line is not as documented. Lines of the lab have a schema of their own. */
export function checkLine(line: Readonly<Record<string, unknown>>): void {
  const type = String(line["type"]);
  if (type.startsWith("lab") || type === "lesson") return;
  const schema = whole.$defs[type];
  const faults = schema === undefined ? [`no schema for the type ${type}`] : faultsOf(line, schema);
  if (faults.length > 0) throw new Error(`${faults.join("; ")} in ${JSON.stringify(line)}`);
}
