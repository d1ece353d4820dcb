// The log of a conversation with what the history holds before it: one row of serials over both. After a jump into the past the window
// there is the whole log, until the reader goes back to the end.
import type { PeerId } from "../../index.js";
import type { Timeline, Timelines } from "../timeline.js";
import type { Archive, ArchiveWindow } from "./archive.js";

export function withArchive(base: Timelines, archive: Archive): Timelines {
  const combined = new Map<Timeline, Timeline>();
  return {
    ...base,
    of(conversation) {
      const recent = base.of(conversation);
      let timeline = combined.get(recent);
      if (timeline === undefined) {
        timeline = combine(recent, conversation, archive);
        combined.set(recent, timeline);
      }
      return timeline;
    },
  };
}

function startOf(window: ArchiveWindow): number {
  return window.end - window.messages.length;
}

function combine(recent: Timeline, conversation: PeerId, archive: Archive): Timeline {
  /** Only one that is next to what the node holds, or stands alone. */
  const current = (): ArchiveWindow | null => {
    const window = archive.of(conversation);
    return window !== undefined && (window.isDetached || window.end === recent.first) ? window : null;
  };
  return {
    get first() {
      const window = current();
      return window === null ? recent.first : startOf(window);
    },
    get end() {
      const window = current();
      return window?.isDetached === true ? window.end : recent.end;
    },
    get generation() {
      return recent.generation * 1_000 + (current()?.generation ?? 0);
    },
    entry(serial) {
      const window = current();
      if (window === null || (!window.isDetached && serial >= window.end)) return recent.entry(serial);
      const message = window.messages[serial - startOf(window)];
      return message === undefined ? undefined : { kind: "message", message, at: message.at };
    },
    version(serial) {
      const window = current();
      const isRecent = window === null || (!window.isDetached && serial >= window.end);
      return isRecent ? recent.version(serial) : window.generation;
    },
    find(id) {
      const window = current();
      const index = window?.messages.findIndex((message) => message.id === id) ?? -1;
      if (window !== null && index >= 0) return startOf(window) + index;
      return window?.isDetached === true ? undefined : recent.find(id);
    },
  };
}
