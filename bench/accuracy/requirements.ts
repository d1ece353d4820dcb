// Every requirement of the lab's accuracy with the program that judges it. Texts and commands go into docs/lab/accuracy.md.
import { measureOverflow } from "./buffers.js";
import { measureDoubledControl, measureLossyControl } from "./control.js";
import type { Requirement } from "./finding.js";
import { measureFirewall } from "./firewall.js";
import { measureAmplification, measureForgery } from "./hostile.js";
import { measurePacing } from "./pacing.js";
import { measureBeside, measureFlood, measureRoundTrip } from "./rivals.js";
import { measureRoom } from "./room.js";
import { measureCoverage, measureDice, measureLanes, measureStatistics } from "./statistics.js";
import { measureScreen } from "./screen.js";
import * as truth from "./truth.js";

export const requirements: readonly Requirement[] = [
  {
    id: "A1",
    text: "5 % both ways, 20,000 at 4,000/s: measured = truth both ways, lost numbers identical, 900 to 1,103 of them",
    command: "feiyan lab solo --loss 5% --seed 42 -n 20000 --rate 4000 --check",
    measure: truth.measureTruth,
  },
  {
    id: "A2",
    text: "The same with 10 % and 20 % copies, reorder 5 %:3, damage 2 %, bursts GE(.01,.19), and all together: exact by datagram and by number",
    command:
      "feiyan lab solo --up 'ge=1%:19%,dup=20%,reorder=5%:3,corrupt=2%' --down 'ge=1%:19%,dup=20%,reorder=5%:3,corrupt=2%' --seed 42 -n 20000 --rate 4000 --check",
    measure: truth.measureEveryImpairment,
  },
  {
    id: "A3",
    text: "A kernel firewall as judge between three network namespaces that drops only our data, at 5/3, 1/1 and 20/10 %: measured = its counters",
    command: "npm run lab:accuracy -- A3",
    measure: measureFirewall,
  },
  {
    id: "A4",
    text: "30 % loss both ways, control included: 12 of 12 runs finish, at most 5 s over the run length",
    command: "feiyan lab solo --loss 30% --impair-control --seed 1 --rate 500 --check",
    measure: measureLossyControl,
  },
  {
    id: "A5",
    text: "Every control message doubled, then reordered: the result is unchanged",
    command: "npm run lab:accuracy -- A5",
    measure: measureDoubledControl,
  },
  {
    id: "A6",
    text: "Overload and bursts at a receiver, at both ends: lost = the kernel's drops at our socket",
    command: "feiyan lab overflow --service 2ms --rate 1000",
    measure: measureOverflow,
  },
  {
    id: "A7",
    text: "The same path in the same run beside irtt and iperf3: loss, loss + copies, reordering, all three, bursts; ours exact in 5 of 5, theirs printed beside",
    command: "npm run lab:accuracy -- A7",
    measure: measureBeside,
  },
  {
    id: "A8",
    text: "Dice: known answers, and all fates in the vectors",
    command: "npx vitest run --project unit test/net/philox.test.ts test/net/fates.test.ts",
    measure: measureDice,
  },
  {
    id: "A9",
    text: "Statistics: all traces in the vectors, relative error below 1e-9",
    command: "npx vitest run --project unit test/lab/stats/vectors.test.ts",
    measure: measureStatistics,
  },
  {
    id: "A10",
    text: "The interval covers in 92 to 98 % (independent, n >= 500) and >= 90 % (mean burst 5, n >= 2,000), 500 seeds; the statistic is the product's, the dice are the judges'",
    command: "npm run lab:accuracy -- A10",
    measure: measureCoverage,
  },
  {
    id: "A11",
    text: "Rate error <= 0.5 % at 50, 100, 1,000 and 5,000/s; every datagram sent, no slot skipped",
    command: "npm run lab:accuracy -- A11",
    measure: measurePacing,
  },
  {
    id: "A12",
    text: "Solo exact at 10,000/s for 2 s; 40 students x 100/s exact in sum and one by one",
    command:
      "feiyan lab solo --loss 5% --seed 42 -n 20000 --rate 10000 --check; feiyan lab serve --open --students 40 -n 500 --loss 5% --seed 7 beside feiyan lab join --students 40 --plans 1",
    measure: async () => {
      const [fast, room] = [await truth.measureFastSolo(), await measureRoom()];
      return {
        measured: `${fast.measured}; ${room.measured}`,
        holds: fast.holds === true && room.holds === true,
      };
    },
  },
  {
    id: "A13",
    text: "A flood sends at least half of iperf3 -u -b 0 at 64 B and 1 KiB, in turn in one run",
    command: "feiyan lab run 127.0.0.1 --mode up --rate flood -n 200000 --size 64",
    measure: measureFlood,
  },
  {
    id: "A14",
    text: "Round trip in one run with irtt: median at most 3 times, p99 at most 2 times its",
    command: "feiyan lab run 127.0.0.1 --rate 200 -n 400",
    measure: measureRoundTrip,
  },
  {
    id: "A15",
    text: "Bytes out <= bytes in for any 10,000 random and mutated datagrams without a token; no session made, no throw",
    command: "npm run lab:accuracy -- A15",
    measure: measureAmplification,
  },
  {
    id: "A16",
    text: "Wrong token, foreign source address, replayed START, expired cookie: no answer or the same answer, counted",
    command: "npm run lab:accuracy -- A16",
    measure: measureForgery,
  },
  {
    id: "A17",
    text: "The same seed twice: lost numbers and strip equal in solo at loss and copies",
    command: "feiyan lab solo --seed 42 --loss 5% --dup 5% --rate 500",
    measure: truth.measureRepetition,
  },
  {
    id: "A18",
    text: "Lanes: saw within 10 % of theory, saw and sr equal sends, ipmsg unconfirmed within the 99.9 % band of n q^k",
    command: "feiyan lab race --lanes saw,sr,ipmsg --loss 10% --delay 10ms --seed 1",
    measure: measureLanes,
  },
  {
    id: "A19",
    text: "The ledger closes: unexplained = 0 in solo, never below 0",
    command: "feiyan lab solo --loss 30% --burst 5 --rate 2000 -n 2000",
    measure: truth.measureLedger,
  },
  {
    id: "A20",
    text: "The strip at 1,000/s paints at most 10 times a second, adds no loss, takes less than 20 % of a core",
    command: "npm run lab:accuracy -- A20",
    measure: measureScreen,
  },
  {
    id: "A21",
    text: "One command to a finished result on loopback in under 7 s (n = 500), no other process, no root, no network; the same lost numbers each time",
    command: "feiyan lab solo --seed 42 --check",
    measure: truth.measureDuration,
  },
];
