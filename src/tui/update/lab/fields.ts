// The forms of the lab: going from field to field, one step up or down, typing.
import { splitClusters } from "../../text/clusters.js";
import { labFields, stepValue, typedInto, withValue, type LabField, type LabForm } from "../../lab/fields.js";
import { chosenField, shownValue } from "../../lab/lab-form.js";
import type { LabState } from "../../lab/lab-state.js";
import type { UiState } from "../../ui-state.js";

export function withLab(state: UiState, part: Partial<LabState>): UiState {
  return { ...state, lab: { ...state.lab, ...part } };
}

export function moveField(state: UiState, form: LabForm, delta: 1 | -1): UiState {
  const fields = labFields[form];
  const at = fields.indexOf(chosenField(state, form));
  const next = fields[(at + delta + fields.length) % fields.length];
  return next === undefined ? state : chooseField(state, form, next);
}

/** Up and Down: the field nearest above or below, and past the ends none. */
export function moveRow(state: UiState, form: LabForm, delta: 1 | -1): UiState {
  const now = chosenField(state, form);
  const row = labFields[form].filter((one) => one.row === now.row + delta);
  const at = labFields[form].filter((one) => one.row === now.row).indexOf(now);
  const next = row[Math.min(at, row.length - 1)];
  return next === undefined ? state : chooseField(state, form, next);
}

export function chooseField(state: UiState, form: LabForm, field: LabField): UiState {
  return withLab(state, {
    chosen: { ...state.lab.chosen, [form]: field.name },
    isFresh: true,
    error: null,
  });
}

function put(state: UiState, form: LabForm, field: LabField, value: string, isFresh: boolean): UiState {
  const values = withValue(state.lab.values, form, field.name, value);
  return withLab(state, { values, isFresh, error: null });
}

export function stepField(state: UiState, form: LabForm, delta: 1 | -1, name?: LabField["name"]): UiState {
  const field = labFields[form].find((one) => one.name === name) ?? chosenField(state, form);
  return put(state, form, field, stepValue(field, shownValue(state, form, field), delta), true);
}

/** The first character typed takes the place of what stood there. */
export function typeInField(state: UiState, form: LabForm, text: string): UiState {
  const field = chosenField(state, form);
  const before = state.lab.isFresh && field.kind === "number" ? "" : shownValue(state, form, field);
  const value = typedInto(field, before, text);
  return value === before ? state : put(state, form, field, value, false);
}

export function eraseInField(state: UiState, form: LabForm): UiState {
  const field = chosenField(state, form);
  if (field.kind === "choice") return state;
  const value = splitClusters(shownValue(state, form, field))
    .slice(0, -1)
    .join("");
  return put(state, form, field, value, false);
}
