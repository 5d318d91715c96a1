/** Within an open session: commands out, answers in, each packet once. */
import type { Instant } from '@holdfast/base';
import { le32 } from './bytes.ts';
import type { IpmiFault } from './fault.ts';
import { COMMAND, COMPLETION, decodeResponse, encodeRequest, type Response } from './message.ts';
import type { PlusPacket } from './packet.ts';
import { openPacket, sealPacket } from './seal.ts';
import {
  type Ask,
  type Current,
  draw,
  later,
  type Link,
  type SessionEffect,
  type SessionState,
} from './session-state.ts';
import { isFresh, remember } from './window.ts';

const MESSAGE_NUMBERS = 64;
const IV_BYTES = 16;

/** Makes a command the current one; `send` lets it leave. */
export function begin(link: Link, ask: Ask, now: Instant, ms: Waits): Current {
  link.asked = (link.asked + 1) % MESSAGE_NUMBERS;
  return {
    ask,
    sequence: link.asked,
    askedAt: now,
    giveUpAt: later(now, ms.giveUpMs),
    repeatAt: later(now, ask.isRepeatable ? ms.repeatMs : ms.giveUpMs),
  };
}

export type Waits = { readonly repeatMs: number; readonly giveUpMs: number };

/** The command in a packet of its own: a repetition has a new packet number and the old message number. */
export function send(state: SessionState, link: Link, current: Current): SessionEffect {
  link.sent += 1;
  const { command } = current.ask;
  return {
    kind: 'send',
    bytes: sealPacket(link.protection, {
      sessionId: link.managedId,
      sequence: link.sent,
      payload: encodeRequest({ ...command, sequence: current.sequence }),
      iv: draw(state, IV_BYTES),
    }),
  };
}

/** The response to `current`, or undefined for everything else: forged, stale, seen before, another's. */
export function receive(link: Link, current: Current, packet: PlusPacket): Response | undefined {
  if (packet.sessionId !== link.consoleId || !isFresh(link.received, packet.sequence))
    return undefined;
  const payload = openPacket(link.protection, packet);
  if (payload === undefined) return undefined;
  remember(link.received, packet.sequence);
  const response = decodeResponse(payload);
  if (response === undefined) return undefined;
  const { netFn, command } = current.ask.command;
  const isAnswer =
    response.netFn === (netFn | 1) &&
    response.command === command &&
    response.sequence === current.sequence;
  return isAnswer ? response : undefined;
}

export function commandFault({ completion }: Response): IpmiFault | undefined {
  if (completion === COMPLETION.done) return undefined;
  if (completion === COMPLETION.insufficientPrivilege)
    return { kind: 'not-allowed', what: 'command' };
  return { kind: 'command-refused', completion };
}

export function closeAsk(link: Link): Ask {
  return {
    number: 0,
    isRepeatable: true,
    command: { ...COMMAND.closeSession, data: le32(link.managedId) },
  };
}
