// Every lesson by name, in the order in which a course would take them.
import { datagramLessons } from "./datagram-lessons.js";
import { firstHour } from "./first-hour.js";
import type { Lesson } from "./lesson.js";
import { streamLessons } from "./stream-lessons.js";

export const lessons: readonly Lesson[] = [firstHour, ...datagramLessons, ...streamLessons];

/** @example lessonNamed("first-hour")?.steps.length */
export function lessonNamed(name: string): Lesson | null {
  return lessons.find((lesson) => lesson.name === name) ?? null;
}
