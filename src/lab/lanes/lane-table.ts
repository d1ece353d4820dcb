// Which machines and messages make which lane. The one place where a lane's name becomes code; called by `run-lane`.
import { createForgetfulSender, createSilentReceiver } from "./send-and-forget.js";
import { createGoBackSender, createInOrderReceiver } from "./go-back-n.js";
import { createChatMessages, createPatternMessages, type LaneMessages } from "./lane-messages.js";
import type { LanePlan, LaneReceiver, LaneSender, MachineLaneName } from "./lane.js";
import { createMessageSender } from "./message-repeat.js";
import { createSelectiveReceiver, createSelectiveSender } from "./selective-repeat.js";
import { createStopAndWaitSender } from "./stop-and-wait.js";

export interface LaneParts {
  readonly sender: LaneSender;
  readonly receiver: LaneReceiver;
  readonly messages: LaneMessages;
}

/** New machines for one run of a lane; `payloadBytes` is what a message may fill of its datagram. */
export function createLaneParts(lane: MachineLaneName, plan: LanePlan, payloadBytes: number): LaneParts {
  const messages = createPatternMessages(payloadBytes);
  switch (lane) {
    case "udp":
      return { sender: createForgetfulSender(plan), receiver: createSilentReceiver(), messages };
    case "saw":
      return { sender: createStopAndWaitSender(plan), receiver: createSelectiveReceiver(), messages };
    case "sr":
      return { sender: createSelectiveSender(plan), receiver: createSelectiveReceiver(), messages };
    case "gbn":
      return { sender: createGoBackSender(plan), receiver: createInOrderReceiver(), messages };
    case "ipmsg":
      return {
        sender: createMessageSender(plan),
        receiver: createSelectiveReceiver(),
        messages: createChatMessages(payloadBytes),
      };
    default:
      return lane satisfies never;
  }
}
