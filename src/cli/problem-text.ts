// Errors in the user's language, with their remedy: one place for the node's, the settings' and the command line's own.
// Fields may hold text from the network or from files, so everything is made harmless on the way out.
import type { ConfigProblem } from "../config/problem.js";
import { hasText, type TextKey, type TextValues, type Translate } from "../i18n/catalogue.js";

export interface ProblemText {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** The text and the remedy of an error, notice or settings code. */
export const describeProblem = (code: string, fields: TextValues, text: Translate<TextKey>): ProblemText => {
  const textKey = `error.${code}.text`;
  const remedyKey = `error.${code}.remedy`;
  const nearest = fields["nearest"];
  const { program, pid } = fields;
  const owner = program === undefined && pid === undefined ? "" : text("cli.owner", { program, pid });
  const suggestion =
    typeof nearest === "string" && nearest !== "" ? text("cli.didYouMean", { nearest }) : undefined;
  return {
    code,
    text: stripControls(hasText(textKey) ? text(textKey, { ...fields, owner }) : code),
    remedy: stripControls(suggestion ?? (hasText(remedyKey) ? text(remedyKey, fields) : "")),
  };
};

/** A problem of the settings: `file:line:column` before the text. */
export const describeConfigProblem = (problem: ConfigProblem, text: Translate<TextKey>): ProblemText => {
  const expects = `config.expects.${problem.fields["expects"] ?? ""}`;
  const fields = {
    ...problem.fields,
    file: problem.file,
    where: problem.fields["where"] ?? problem.fields["key"],
    expected: hasText(expects) ? text(expects, problem.fields) : "",
  };
  const described = describeProblem(problem.code, fields, text);
  if (problem.file === undefined) return described;
  const position = problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`;
  return { ...described, text: `${stripControls(problem.file)}${position}: ${described.text}` };
};

// `safeText` of the core does this for texts of peers; this runs before the core is loaded and sees only words of the user's
// own command line, environment and files, where escape sequences could still have been pasted.
const stripControls = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, " ").trim();

/** As people see it: two rows at most. */
export const formatProblem = (problem: ProblemText, text: Translate<TextKey>): string => {
  const first = text("cli.errorLine", { text: problem.text });
  return problem.remedy === "" ? first : `${first}\n${text("cli.remedyLine", { remedy: problem.remedy })}`;
};
