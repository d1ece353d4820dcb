// What an instance says, taken as what it is: the instance has shown that it is ours (its folder is closed to others), so its values have
// the form that this version gives them. Used by client.ts.
import type { ErrorCode, ErrorFields } from "../index.js";
import { errorCodes, FeiyanError } from "../light.js";

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- an assertion with a reason, in one place
export function trusted<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as T;
}

/** An error of the instance; one with a code that we do not know is still an error. */
export function toError(value: unknown): FeiyanError {
  const { code, text, fields } = trusted<{ code?: unknown; text?: unknown; fields?: unknown }>(value ?? {});
  const known: readonly string[] = errorCodes;
  const isKnown = typeof code === "string" && known.includes(code);
  return new FeiyanError(
    isKnown ? trusted<ErrorCode>(code) : "request-invalid",
    typeof text === "string" ? text : "",
    typeof fields === "object" && fields !== null ? trusted<ErrorFields>(fields) : {},
  );
}

export function numberIn(value: unknown, key: string): number {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === "number" ? found : 0;
}

export function lostError(): FeiyanError {
  return new FeiyanError("control-lost", "the instance went away");
}
