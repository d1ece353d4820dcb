// Every requirement of the lab's accuracy with the program that judges it. Texts and commands go into docs/lab/accuracy.md.
import { measureOverflow } from "./buffers.js";
import { measureDoubledControl, measureLossyControl } from "./control.js";
import type { Requirement } from "./finding.js";
import { measureFirewall } from "./firewall.js";
import { measureBeside, measureFlood, measureRoundTrip } from "./rivals.js";
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
];
