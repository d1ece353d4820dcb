// A history that is opened later than it is handed out: whatever is asked of it waits until then. So a screen stands before a thread is
// started and a file is opened. Used by the command line.
import type { HistoryStore } from "../ports/history-store.js";
import { toStoreError } from "./sqlite/driver.js";

export interface DeferredHistory extends HistoryStore {
  /** Opens it, once; rejects as `opening` does, and so does everything that waits. */
  open(): Promise<void>;
}

/**
 * @example
 * const history = deferHistory(async () => (await openHistory({ file: "history.db" })).store);
 * const node = createNode({ history });
 * await history.open();
 */
export function deferHistory(opening: () => Promise<HistoryStore>): DeferredHistory {
  let isAsked = false;
  let settle: { resolve: (store: HistoryStore) => void; reject: (error: unknown) => void } | undefined;
  const store = new Promise<HistoryStore>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever asks hears of a failure; nobody need ask.
  store.catch(() => undefined);
  let opened: HistoryStore | null = null;
  const ready = async (): Promise<HistoryStore> => opened ?? (await store);

  async function begin(): Promise<void> {
    try {
      opened = await opening();
      settle?.resolve(opened);
    } catch (error) {
      settle?.reject(error);
    }
  }

  async function putLater(...[item, done]: Parameters<HistoryStore["put"]>): Promise<void> {
    try {
      (await store).put(item, done);
    } catch (cause) {
      done(toStoreError(cause, ""));
    }
  }

  return {
    async open() {
      if (!isAsked) void begin();
      isAsked = true;
      await store;
    },
    write: (item) => (opened === null ? ready().then((made) => made.write(item)) : opened.write(item)),
    put(item, done) {
      if (opened === null) void putLater(item, done);
      else opened.put(item, done);
    },
    state: async (recentSinceMs) => await (await ready()).state(recentSinceMs),
    waiting: async () => await (await ready()).waiting(),
    value: async (name) => await (await ready()).value(name),
    page: async (request) => await (await ready()).page(request),
    message: async (id) => await (await ready()).message(id),
    ledger: async (id) => await (await ready()).ledger(id),
    conversations: async () => await (await ready()).conversations(),
    search: async (request) => await (await ready()).search(request),
    rewrite: async (changes) => await (await ready()).rewrite(changes),
    import: async (messages) => await (await ready()).import(messages),
    remove: async (request) => await (await ready()).remove(request),
    retain: async (rule) => await (await ready()).retain(rule),
    sizes: async () => await (await ready()).sizes(),
    check: async () => await (await ready()).check(),
    async close() {
      if (!isAsked) settle?.reject(new Error("closed before it was opened"));
      await store.then(
        async (made) => await made.close(),
        () => undefined,
      );
    },
  };
}
