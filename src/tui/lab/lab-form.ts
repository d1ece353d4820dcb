// Which form stands on the screen now, and its chosen field. Asked by updates and views alike.
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { labFields, valueOf, type LabField, type LabForm } from "./fields.js";

/** Null where the page has no form, or has it no more because what it asked for goes on. */
export function formOf(state: UiState, world: World): LabForm | null {
  if (state.dialog?.kind === "impair") return "impair";
  if (state.dialog?.kind !== "lab") return null;
  const desk = world.lab?.snapshot() ?? null;
  switch (state.lab.page) {
    case "solo":
    case "race":
      return state.lab.page;
    case "class":
      return desk?.teaching === null || desk === null ? "class" : null;
    case "join":
      return desk?.joining === null || desk === null ? "join" : null;
    case "demos":
    case "demo":
    case "lessons":
    case "lesson":
      return null;
    default: {
      const unreachable: never = state.lab.page;
      return unreachable;
    }
  }
}

/** The field that would be changed. */
export function chosenField(state: UiState, form: LabForm): LabField {
  const fields = labFields[form];
  const [first] = fields;
  const found = fields.find((one) => one.name === state.lab.chosen[form]) ?? first;
  if (found === undefined) throw new Error(`the form ${form} has fields`);
  return found;
}

export function shownValue(state: UiState, form: LabForm, field: LabField): string {
  return valueOf(state.lab.values, form, field.name);
}
