// Students against students: who measures towards whom. A ring, so that everybody sends once and answers once; only between machines
// that can reach each other, and never towards anybody who has not joined. Pure; called by `teacher`.
import type { Endpoint } from "../../index.js";
import { type LabScope } from "../limits.js";
import { scopeOf } from "../address.js";

export interface Pairable {
  readonly name: string;
  readonly from: Endpoint;
  /** Port of the student's own reflector; null where there is none. */
  readonly reflector: number | null;
}

export interface Partner extends Endpoint {
  readonly name: string;
}

/**
 * The partner of each student, in order; null: the teacher, for whoever is alone.
 *
 * @example pairStudents([ming, hong]) // Ming measures towards Hong, Hong towards Ming
 */
export function pairStudents(students: readonly Pairable[]): readonly (Partner | null)[] {
  const rings: Record<LabScope, Pairable[]> = { loopback: [], lan: [] };
  for (const one of students) if (one.reflector !== null) rings[scopeOf(one.from.address)].push(one);
  return students.map((one) => {
    const ring = rings[scopeOf(one.from.address)];
    const place = ring.indexOf(one);
    const next = place === -1 ? undefined : ring[(place + 1) % ring.length];
    if (next === undefined || next === one || next.reflector === null) return null;
    return { name: next.name, address: next.from.address, port: next.reflector };
  });
}
