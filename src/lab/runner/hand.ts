// Hand mode: datagrams stop here and a person decides over each. Knows no dice; the relay asks it first.
export type HandAct = "pass" | "kill" | "double" | "delay" | "damage";

/** A datagram that waits for a decision. */
export interface HeldDatagram {
  readonly id: number;
  readonly seq: number | null;
  readonly sizeBytes: number;
  readonly direction: "there" | "back";
}

export interface Hand {
  /** False: the hand is off, the dice decide. */
  take(held: Omit<HeldDatagram, "id">, decide: (copies: number, damage: boolean) => void): boolean;
  act(id: number, act: HandAct): boolean;
  readonly held: () => readonly HeldDatagram[];
  /** Off: everything that waits passes. */
  setOn(on: boolean): void;
  readonly isOn: () => boolean;
}

/** More waiting ones pass by themselves, the oldest first: nobody decides over a thousand. */
const mostHeld = 200;
const delayMs = 500;

export function createHand(at: (ms: number, fire: () => void) => void, changed: () => void): Hand {
  const waiting = new Map<
    number,
    { readonly held: HeldDatagram; decide(copies: number, damage: boolean): void }
  >();
  let nextId = 1;
  let on = false;

  function act(id: number, what: HandAct): boolean {
    const entry = waiting.get(id);
    if (entry === undefined) return false;
    waiting.delete(id);
    switch (what) {
      case "pass":
        entry.decide(1, false);
        break;
      case "kill":
        entry.decide(0, false);
        break;
      case "double":
        entry.decide(2, false);
        break;
      case "damage":
        entry.decide(1, true);
        break;
      case "delay":
        at(delayMs, () => {
          entry.decide(1, false);
          changed();
        });
        break;
      default:
        what satisfies never;
    }
    changed();
    return true;
  }

  return {
    take: (held, decide) => {
      if (!on) return false;
      const id = nextId;
      nextId += 1;
      waiting.set(id, { held: { ...held, id }, decide });
      const [oldest] = waiting.keys();
      if (waiting.size > mostHeld && oldest !== undefined) act(oldest, "pass");
      changed();
      return true;
    },
    act,
    held: () => [...waiting.values()].map((entry) => entry.held),
    setOn: (wanted) => {
      on = wanted;
      if (!wanted) for (const id of waiting.keys()) act(id, "pass");
      changed();
    },
    isOn: () => on,
  };
}
