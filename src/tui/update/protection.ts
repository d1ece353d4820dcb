// What a person does about keys and envelopes: opens one, takes a message back, answers an alarm, decides about encryption, knocks, and
// sends sealed. Decides nothing about trust itself; the node does.
import { safeText } from "../../index.js";
import type { Event, EncryptPolicy, MessageId, TrustAnswer } from "../../index.js";
import type { UiState } from "../ui-state.js";
import { draftOf, withDraft } from "../ui-state.js";
import { editorText, emptyEditor } from "../edit/editor.js";
import { closedAtHand, ownAtHand } from "../at-hand.js";
import { receiversOf } from "../receivers.js";
import { shownName } from "../roster.js";
import type { World } from "../world.js";
import { logLine, stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** `argument` is the password of a locked one. */
export function openSealed(state: UiState, world: World, argument: string): Step {
  const message = closedAtHand(state, world);
  if (message === null) return stepTo(withNotice(state, world, world.text("why.nothingSealed"), "warning"));
  const id: MessageId = message.id;
  return stepTo(state, { kind: "open", message: id, password: argument === "" ? null : argument });
}

export function recallMessage(state: UiState, world: World): Step {
  const message = ownAtHand(state, world);
  return message === null ? stepTo(state) : stepTo(state, { kind: "recall", message: message.id });
}

const answers: readonly TrustAnswer[] = ["accept", "reject", "verify", "forget"];

/** `/key accept`: an alarm; `/key verify`: the fingerprint was compared. */
export function answerKey(state: UiState, world: World, argument: string): Step {
  const answer = answers.find((one) => one === argument.trim());
  if (answer === undefined)
    return stepTo(withNotice(state, world, world.text("notice.keyAnswers"), "warning"));
  const next = withNotice({ ...state, dialog: null }, world, world.text(`notice.key.${answer}`));
  return stepTo(next, { kind: "trust", peer: state.conversation, answer });
}

const policies: readonly EncryptPolicy[] = ["auto", "always", "never"];

/** `/encrypt always`; without an argument as the settings say. */
export function choosePolicy(state: UiState, world: World, argument: string): Step {
  const word = argument.trim();
  const policy = policies.find((one) => one === word) ?? null;
  if (policy === null && word !== "")
    return stepTo(withNotice(state, world, world.text("notice.encryptChoices"), "warning"));
  const words = policy === null ? world.text("notice.encryptDefault") : world.text(`encrypt.${policy}`);
  return stepTo(withNotice(state, world, words), {
    kind: "set-encrypt",
    peer: state.conversation,
    policy,
  });
}

/** Its program tells its version, and why somebody is away; the answers come as news. */
export function askPeer(state: UiState, world: World): Step {
  const peer = world.node.peer(state.conversation);
  if (peer === undefined) return stepTo(state);
  const words = world.text("notice.asked", { name: shownName(peer) });
  return stepTo(withNotice(state, world, words), { kind: "ask", peer: peer.id });
}

export function knockPeer(state: UiState): Step {
  return stepTo(state, { kind: "knock", peer: state.conversation });
}

/** `/seal TEXT`, or what stands in the input. */
export function saySealed(state: UiState, world: World, argument: string): Step {
  const draft = draftOf(state);
  const text = argument === "" ? editorText(draft.editor) : argument;
  if (text.trim() === "") return stepTo(withNotice(state, world, world.text("notice.sealWhat"), "warning"));
  const emptied = argument === "" ? withDraft(state, { ...draft, editor: emptyEditor }) : state;
  return stepTo(emptied, {
    kind: "say",
    to: receiversOf(state, world),
    text,
    options: { seal: true },
    origin: { kind: "input", conversation: state.conversation },
  });
}

/** An alarm is written into the conversation and asked about there; elsewhere it is marked. */
export function noteAlarm(state: UiState, event: Extract<Event, { kind: "alarm" }>, world: World): Step {
  const { alarm, peer } = event;
  const words = world.text(`log.alarm.${alarm.reason}`, { name: shownName(peer), address: alarm.address });
  const line = logLine(world, peer.id, safeText(words), "error");
  const marked: UiState = { ...state, marked: new Set(state.marked).add(peer.id) };
  const isHere = state.conversation === peer.id && state.dialog === null;
  return stepTo(isHere ? { ...marked, dialog: { kind: "alarm", peer: peer.id } } : marked, line, {
    kind: "bell",
  });
}

/** What came of a knock of ours. */
export function noteKnockAnswer(
  state: UiState,
  event: Extract<Event, { kind: "knock-answered" }>,
  world: World,
): Step {
  const key = event.answered ? "log.knockAnswered" : "log.knockSilent";
  return stepTo(state, logLine(world, event.peer.id, world.text(key, { name: shownName(event.peer) })));
}
