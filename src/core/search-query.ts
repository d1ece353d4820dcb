// What somebody types to find messages, as a tree: words, "quoted words", AND (or nothing), OR, NOT (or -), brackets, and from:, to:,
// group:, charset:, has:file, before:, after:. Reading never fails: a query is read while it is being typed, so what is unfinished
// counts as far as it goes. What the tree means is in search-match.ts.

export type SearchTerm =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "from" | "to" | "group" | "charset"; readonly text: string }
  | { readonly kind: "has-file" }
  /** Milliseconds since 1970; `after` includes the moment, `before` does not. */
  | { readonly kind: "before" | "after"; readonly at: number };

export type SearchQuery =
  | SearchTerm
  | { readonly kind: "and" | "or"; readonly parts: readonly SearchQuery[] }
  | { readonly kind: "not"; readonly part: SearchQuery };

/** Everything: what an empty query finds. */
export const matchAll: SearchQuery = { kind: "and", parts: [] };

/** The moment a date stands for: `2026-11-20`, `2026-11-20T14:02`, `11-20`; null when it is none. Time zones are the caller's. */
export type DateReader = (text: string) => number | null;

/** Words past this are left out: nobody types more, and each costs a look at every message. */
const termLimit = 64;
const depthLimit = 32;

type Token =
  | { readonly kind: "word"; readonly text: string; readonly field: string | null }
  | { readonly kind: "open" | "close" | "or" | "and" | "not" };

const fields = ["from", "to", "group", "charset", "has", "before", "after"];
const closing: Readonly<Record<string, string>> = { '"': '"', "“": "”", "「": "」" };

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  /** Reads a word or a quoted text from `at`. */
  const readText = (): { readonly text: string; readonly isQuoted: boolean } => {
    const close = closing[text.charAt(at)];
    if (close !== undefined) {
      const end = text.indexOf(close, at + 1);
      const inside = text.slice(at + 1, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
      return { text: inside, isQuoted: true };
    }
    const word = /^[^\s()"“「]+/u.exec(text.slice(at, at + 1_000))?.[0] ?? text.charAt(at);
    at += word.length;
    return { text: word, isQuoted: false };
  };
  while (at < text.length && tokens.length < 4 * termLimit) {
    const rest = text.slice(at, at + 12);
    const blank = /^\s+/u.exec(rest)?.[0];
    const field = /^([a-z]+)[:：]/iu.exec(rest);
    const name = field?.[1]?.toLowerCase() ?? "";
    if (blank !== undefined) at += blank.length;
    else if (rest.startsWith("(") || rest.startsWith(")")) {
      tokens.push({ kind: rest.startsWith("(") ? "open" : "close" });
      at += 1;
    } else if (/^-[^\s-]/u.test(rest)) {
      tokens.push({ kind: "not" });
      at += 1;
    } else if (field !== null && fields.includes(name)) {
      at += field[0].length;
      const value = at < text.length && !/[\s()]/u.test(text.charAt(at)) ? readText().text : "";
      tokens.push({ kind: "word", text: value, field: name });
    } else {
      const word = readText();
      const operator = word.isQuoted
        ? undefined
        : ({ AND: "and", OR: "or", NOT: "not", "|": "or" } as const)[word.text];
      tokens.push(
        operator === undefined ? { kind: "word", text: word.text, field: null } : { kind: operator },
      );
    }
  }
  return tokens;
}

/**
 * Reads a query.
 *
 * @example parseSearch('会议 (from:小明 OR from:小红) NOT "取消" after:2026-11-01', readDate)
 */
export function parseSearch(text: string, readDate: DateReader): SearchQuery {
  const tokens = tokensOf(text);
  let at = 0;
  let terms = 0;

  function parseOr(depth: number): SearchQuery | null {
    const parts: SearchQuery[] = [];
    for (;;) {
      const part = parseAnd(depth);
      if (part !== null) parts.push(part);
      if (tokens[at]?.kind !== "or") return oneOf("or", parts);
      at += 1;
    }
  }

  function parseAnd(depth: number): SearchQuery | null {
    const parts: SearchQuery[] = [];
    for (let token = tokens[at]; token !== undefined && token.kind !== "or"; token = tokens[at]) {
      if (token.kind === "close") {
        if (depth > 0) break;
        at += 1;
        continue;
      }
      const part = parseOne(token, depth);
      if (part !== null) parts.push(part);
    }
    return oneOf("and", parts);
  }

  function parseOne(token: Token, depth: number): SearchQuery | null {
    at += 1;
    switch (token.kind) {
      case "word":
        return termOf(token);
      case "open": {
        if (depth >= depthLimit) return null;
        const inside = parseOr(depth + 1);
        if (tokens[at]?.kind === "close") at += 1;
        return inside;
      }
      case "not": {
        const next = tokens[at];
        // "a NOT OR b": there is nothing to take out yet.
        if (next === undefined || next.kind === "or" || next.kind === "close" || depth >= depthLimit)
          return null;
        const part = parseOne(next, depth + 1);
        return part === null ? null : { kind: "not", part };
      }
      case "and":
      case "or":
      case "close":
        return null;
      default: {
        const never: never = token;
        return never;
      }
    }
  }

  function termOf({ text: value, field }: Extract<Token, { kind: "word" }>): SearchQuery | null {
    if (value === "" || terms >= termLimit) return null;
    terms += 1;
    switch (field) {
      case "from":
      case "to":
      case "group":
      case "charset":
        return { kind: field, text: value };
      case "has":
        return /^(?:files?|文件)$/iu.test(value) ? { kind: "has-file" } : null;
      case "before":
      case "after": {
        const moment = readDate(value);
        return moment === null ? null : { kind: field, at: moment };
      }
      case null:
      default:
        return { kind: "text", text: value };
    }
  }

  return parseOr(0) ?? matchAll;
}

function oneOf(kind: "and" | "or", parts: readonly SearchQuery[]): SearchQuery | null {
  const [first] = parts;
  return first === undefined ? null : parts.length === 1 ? first : { kind, parts };
}

/** The words to mark in what was found: those that must or may be in a text, not those that must not. */
export function searchWords(query: SearchQuery): readonly string[] {
  switch (query.kind) {
    case "text":
      return [query.text];
    case "and":
    case "or":
      return query.parts.flatMap(searchWords);
    case "not":
    case "from":
    case "to":
    case "group":
    case "charset":
    case "has-file":
    case "before":
    case "after":
      return [];
    default: {
      const never: never = query;
      return never;
    }
  }
}
