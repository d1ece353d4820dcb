// Type numbers of the class messages; the bodies are JSON (`class-messages`).
export const classTypes = {
  here: 0xa0,
  who: 0xa1,
  join: 0xa2,
  joined: 0xa3,
  plan: 0xa4,
  planOk: 0xa5,
  report: 0xa6,
  reportOk: 0xa7,
  leave: 0xa8,
} as const;

export function isClassType(type: number): boolean {
  return type >= classTypes.here && type <= classTypes.leave;
}
