// How often and how fast the chat programs of the LAN repeat a message without an acknowledgement: the table of docs/protocol.md
// section 6 as data, for the lane `ipmsg`. FeiQ and Feige are missing on purpose: nobody has measured theirs.

export interface RepeatProfile {
  readonly name: string;
  readonly program: string;
  /** Sends in all, the first one included. */
  readonly sends: number;
  readonly intervalMs: number;
  readonly source: string;
}

export const repeatProfiles: readonly RepeatProfile[] = [
  { name: "feiyan", program: "feiyan", sends: 4, intervalMs: 1_500, source: "docs/protocol.md section 19" },
  { name: "ipmsg3", program: "IP Messenger 3.00", sends: 4, intervalMs: 1_500, source: "its source" },
  { name: "ipmsg4", program: "IP Messenger 4.99", sends: 5, intervalMs: 1_000, source: "its source" },
  { name: "ipmsg-mac", program: "IP Messenger for macOS", sends: 4, intervalMs: 2_000, source: "its source" },
  { name: "iptux", program: "iptux 0.8.3", sends: 4, intervalMs: 1_000, source: "captured" },
  // It looks through its list five times a second and sends what is still there.
  { name: "qipmsg", program: "qipmsg 1.0.0", sends: 8, intervalMs: 200, source: "its source" },
];

/** The demonstration runs so many times faster than the programs do, and says so. */
export const repeatSpeedUp = 20;

/** A profile by its name. */
export function repeatProfileNamed(name: string): RepeatProfile | null {
  return repeatProfiles.find((profile) => profile.name === name) ?? null;
}

/**
 * What the lane does with a profile: the same number of sends, twenty times faster, but never faster than an answer can come.
 *
 * @example spedUp({ ...profile, sends: 4, intervalMs: 1_500 }, 20) // { sends: 4, intervalMs: 75 }
 */
export function spedUp(profile: RepeatProfile, rttMs: number): { sends: number; intervalMs: number } {
  return {
    sends: profile.sends,
    intervalMs: Math.max(profile.intervalMs / repeatSpeedUp, 2 * rttMs),
  };
}
