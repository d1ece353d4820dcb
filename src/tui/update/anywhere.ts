// Actions that mean the same wherever the focus is: each row of the key table that is not about a place, to the region it concerns.
import type { Request } from "../action.js";
import { isLabAction } from "../action-name.js";
import type { ProgramAction } from "../action-name.js";
import type { UiState } from "../ui-state.js";
import {
  answerKey,
  askPeer,
  choosePolicy,
  knockPeer,
  openSealed,
  recallMessage,
  saySealed,
} from "./protection.js";
import type { World } from "../world.js";
import { setAcceptRule } from "./accept-rule.js";
import { goTo, nextUnread, startJump, stepConversation } from "./conversation.js";
import { mergePeer, notePeerWords, splitPeer, switchPolicy } from "./decide.js";
import { dropFile, showFolder, toggleFiles } from "./files.js";
import { openForSending } from "./form.js";
import { joinGroup, leaveGroup } from "./groups.js";
import { openMenu } from "./menu.js";
import { endImpair, impair } from "./impair.js";
import { pauseLab, performInLab } from "./lab/lab-keys.js";
import { checkPeer, foldSelected, toggleFavourite, toggleGroups, uncheckAll } from "./peers.js";
import {
  copyMessage,
  decodeConversation,
  expandMessage,
  openPacket,
  quoteMessage,
  rereadConversation,
  resend,
  selectMessage,
} from "./pick.js";
import { lookAtPicture, sendPicture } from "./picture.js";
import { toggleDetails, toggleDialog } from "./popups.js";
import {
  comeBack,
  fixCharset,
  goAway,
  interrupt,
  refresh,
  rename,
  simulate,
  toggleMouse,
  toggleRaw,
} from "./program.js";
import { find, moveHit, openWaiting } from "./search.js";
import { jumpToDate, takeBackWaiting } from "./archive.js";
import { chooseCursor, chooseLanguage, chooseNotify, chooseTheme, openWelcome } from "./settings.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";
import { pauseWire, toggleColumn, toggleWire, turnDirection } from "./wire.js";

const loadReadings: Request = { kind: "load-readings" };

/** What means the same wherever the focus is. */
export function performAnywhere(state: UiState, name: ProgramAction, argument: string, world: World): Step {
  if (isLabAction(name)) return performInLab(state, name, world);
  switch (name) {
    case "send-form":
      return openForSending(state, argument, world);
    case "receive":
    case "help":
    case "palette":
    case "message-menu":
      return stepTo(toggleDialog(state, world, name));
    case "check":
      return checkPeer(state, world, argument);
    case "uncheck":
      return stepTo(uncheckAll(state, world));
    case "favourite":
      return toggleFavourite(state, world, argument);
    case "block":
    case "mute":
    case "unlog":
      return switchPolicy(state, world, name, argument);
    case "note":
      return notePeerWords(state, world, argument);
    case "merge":
      return mergePeer(state, world, argument);
    case "split":
      return splitPeer(state, world, argument);
    case "join-group":
      return joinGroup(state, world, argument);
    case "leave-group":
      return leaveGroup(state, world, argument);
    case "fold":
      return foldSelected(state, world);
    case "groups":
      return toggleGroups(state, world);
    case "select":
      return stepTo(selectMessage(state, world));
    case "copy":
      return copyMessage(state, world);
    case "quote":
      return quoteMessage(state, world);
    case "packet":
      return stepTo(openPacket(state, world));
    case "expand":
      return stepTo(expandMessage(state, world));
    case "reading":
      return stepTo(rereadConversation(state, world));
    case "decode":
      return decodeConversation(state, world, argument);
    case "find":
      return stepTo(find(state, world, argument));
    case "date":
      return jumpToDate(state, world, argument);
    case "take-back":
      return takeBackWaiting(state, world);
    case "waiting":
      return stepTo(openWaiting(state, world));
    case "next-match":
      return stepTo(moveHit(state, world, 1));
    case "previous-match":
      return stepTo(moveHit(state, world, -1));
    case "wire":
      return stepTo(toggleWire(state));
    case "pause":
      return state.dialog?.kind === "lab" ? pauseLab(state, world) : stepTo(pauseWire(state, world));
    case "direction":
      return stepTo(turnDirection(state));
    case "column":
      return stepTo(toggleColumn(state, world));
    case "theme":
      return chooseTheme(state, argument);
    case "language":
      return chooseLanguage(state, world, argument);
    case "cursor":
      return chooseCursor(state, world, argument);
    case "notify":
      return chooseNotify(state, world, argument);
    case "welcome":
      return stepTo(openWelcome(state, world));
    case "impair":
      return impair(state, world, argument);
    case "impair-off":
      return endImpair(state, world);
    case "files":
      return toggleFiles(state, world, argument);
    case "picture":
      return lookAtPicture(state, world, argument);
    case "folder":
      return showFolder(state, world);
    case "send-picture":
      return sendPicture(state, world, argument);
    case "accept-rule":
      return setAcceptRule(state, world, argument);
    case "drop-file":
      return dropFile(state, world);
    case "details":
      return stepTo(toggleDetails(state));
    case "menu":
      return stepTo(openMenu(state));
    case "jump":
      return stepTo(startJump(state), { kind: "load-readings" });
    case "go":
      return stepTo(goTo(state, world, argument), ...(argument === "" ? [loadReadings] : []));
    case "next-conversation":
      return stepTo(stepConversation(state, world, 1));
    case "previous-conversation":
      return stepTo(stepConversation(state, world, -1));
    case "next-unread":
      return stepTo(nextUnread(state, world));
    case "refresh":
      return refresh(state, world);
    case "reload":
      return stepTo(state, { kind: "reload" });
    case "away":
      return goAway(state, world, argument);
    case "back":
      return comeBack(state, world);
    case "name":
      return rename(state, world, argument);
    case "charset":
      return fixCharset(state, world, argument);
    case "raw":
      return toggleRaw(state, world);
    case "open":
      return openSealed(state, world, argument);
    case "recall":
      return recallMessage(state, world);
    case "key":
      return answerKey(state, world, argument);
    case "encrypt":
      return choosePolicy(state, world, argument);
    case "ask":
      return askPeer(state, world);
    case "knock":
      return knockPeer(state);
    case "seal":
      return saySealed(state, world, argument);
    case "resend":
      return resend(state, world);
    case "simulate":
      return simulate(state);
    case "mouse":
      return toggleMouse(state, world);
    case "interrupt":
      return interrupt(state, world);
    case "quit":
      return stepTo(state, { kind: "quit" });
    case "redraw":
      return stepTo(state, { kind: "redraw" });
    case "suspend":
      return stepTo(state, { kind: "suspend" });
    default: {
      const unreachable: never = name;
      return unreachable;
    }
  }
}
