// Coming back to an instance that went away: one try after another, with a pause before each, until one holds. However often a connection
// is lost meanwhile, there is one row of tries. Knows no socket. Used by client.ts.

export interface ComeBackParts {
  /** One try: true when it holds. */
  readonly attempt: () => Promise<boolean>;
  /** Nobody wants to come back any more. */
  readonly isOver: () => boolean;
  readonly pause: () => Promise<void>;
}

export interface ComeBack {
  /** Begins to try; nothing where that is under way. */
  begin(): void;
  /** A connection that is lost now belongs to a try, which will be followed by the next. */
  isTrying(): boolean;
}

export function createComeBack({ attempt, isOver, pause }: ComeBackParts): ComeBack {
  let isTrying = false;

  async function tryOn(): Promise<void> {
    while (!isOver()) {
      // oxlint-disable-next-line no-await-in-loop -- one try after another is the point
      await pause();
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (!isOver() && (await attempt())) return;
    }
  }

  return {
    begin() {
      if (isTrying) return;
      isTrying = true;
      void tryOn().finally(() => {
        isTrying = false;
      });
    },
    isTrying: () => isTrying,
  };
}
