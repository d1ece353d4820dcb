// The thread for pictures: one job, one answer, and it ends, with all the memory that the picture took. Started by picture-desk.ts.
import { parentPort, workerData } from "node:worker_threads";
import { workOnPicture } from "./picture-work.js";
import type { PictureJob } from "./picture-work.js";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion, unicorn/require-post-message-target-origin -- only picture-desk.ts starts this; a thread has no origin
parentPort?.postMessage(workOnPicture(workerData as PictureJob));
