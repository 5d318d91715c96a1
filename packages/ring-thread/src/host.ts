/**
 * The ring in the real world: the ring's machine, the links' machine, the keys and the sockets, wired.
 * It runs wherever it is made; the thread makes one. What comes in is worked off at once, in one go:
 * datagram → opened → links → ring → frames → links → sealed → sent.
 */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import {
  earliest,
  type Instant,
  instant,
  type NodeId,
  type Note,
  type Result,
} from '@holdfast/base';
import {
  deadline as linksDeadline,
  links,
  type LinksEffect,
  type LinksInput,
  type LinksState,
  linksStatus,
  type OutFrame,
  step as stepLinks,
} from '@holdfast/links';
import { OVERHEAD_BYTES } from '@holdfast/sealing';
import {
  deadline as ringDeadline,
  ring,
  type RingInput,
  type RingState,
  ringStatus,
  type RingUp,
  step as stepRing,
} from '@holdfast/totem';
import { openUdp, type UdpFault, type UdpTransport } from '@holdfast/transport-udp';
import type { HostEvents, HostStatus } from './contract.ts';
import { replaceFile } from './disk.ts';
import { Keys, readKeyNews } from './keys.ts';
import { messageBytesFor } from './message-size.ts';
import { Rooms } from './rooms.ts';
import type { RingOptions, RingReload } from './options.ts';

const SALT_BELOW = 2 ** 47;
/** A life: it holds sockets and a timer until `close`. */
export class RingHost {
  readonly #options: RingOptions;
  readonly #events: HostEvents;
  readonly #ring: RingState;
  readonly #links: LinksState;
  readonly #keys: Keys;
  readonly #rooms = new Rooms();
  readonly #reachable = new Set<NodeId>();
  #transport: UdpTransport | undefined;
  /** What the step at work has produced so far. */
  #ups: RingUp[] = [];
  #frames: OutFrame[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #isEnded = false;

  constructor(options: RingOptions, events: HostEvents) {
    this.#options = options;
    this.#events = events;
    const now = this.#now();
    this.#ring = ring(options.ring, options.ringSeq, options.life, now);
    this.#keys = new Keys(options);
    const salt = randomInt(1, SALT_BELOW);
    this.#links = links({ ...options.links, salt, overheadBytes: OVERHEAD_BYTES }, now);
  }

  /** Opens the sockets; what arrives before `start` is not answered. */
  async open(): Promise<Result<undefined, UdpFault>> {
    const { addresses, blocksUnlisted, checkEveryMs } = this.#options;
    const opened = await openUdp({
      links: addresses,
      blocksUnlisted,
      checkEveryMs,
      events: {
        onDatagram: (bytes, link) => {
          this.#onDatagram(bytes, link);
        },
        onInterface: (link, payloadBytes) => {
          this.#guard(() => {
            this.#toLinks({ kind: 'interface', link, payloadBytes }, this.#now());
          });
        },
        onTrouble: (text) => {
          const kind = 'note';
          this.#events.onNote({ kind, severity: 'warning', event: 'network', text });
        },
      },
    });
    if (!opened.ok) return opened;
    this.#transport = opened.value;
    return { ok: true, value: undefined };
  }

  /** Looks for the others. */
  start(): void {
    this.#guard(() => {
      const now = this.#now();
      this.#toLinks({ kind: 'news', news: this.#keys.news() }, now);
      this.#toLinks({ kind: 'start' }, now);
      this.#toRing({ kind: 'start' }, now);
    });
  }

  multicast(payloads: readonly Uint8Array[]): void {
    this.#guard(() => {
      const now = this.#now();
      for (const payload of payloads) this.#toRing({ kind: 'multicast', payload }, now);
    });
  }

  /** Says goodbye; afterwards nothing is sent or handed up. */
  leave(): void {
    this.#guard(() => {
      this.#toRing({ kind: 'leave' }, this.#now());
    });
    this.#isEnded = true;
  }

  /** Takes over links, addresses and perhaps a key; the fault of a link that does not open. */
  async reload(change: RingReload): Promise<Result<undefined, UdpFault>> {
    this.#guard(() => {
      const now = this.#now();
      this.#keys.opener.setPeers(change.links.peers);
      this.#toLinks({ kind: 'configure', settings: change.links }, now);
      if (change.key !== undefined) this.#afterKeys(this.#keys.load(change.key, now), now);
    });
    const configured = await this.#transport?.configure(change.addresses);
    return configured ?? { ok: true, value: undefined };
  }

  status(): HostStatus {
    return {
      ring: ringStatus(this.#ring),
      links: linksStatus(this.#links),
      sealing: this.#keys.status(),
      strangers: this.#transport?.strangers() ?? 0,
    };
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await this.#transport?.close();
  }

  #now(): Instant {
    return instant(performance.now());
  }

  #onDatagram(bytes: Buffer, link: number): void {
    if (this.#isEnded) return;
    const opened = this.#keys.opener.open(bytes);
    if (opened.kind === 'rejected') return;
    this.#guard(() => {
      this.#toLinks({ ...opened, kind: 'datagram', link }, this.#now());
    });
  }

  /** One piece of work: what it produced goes out and up at its end. */
  #guard(work: () => void): void {
    if (this.#isEnded) return;
    try {
      work();
      this.#flush();
      this.#arm();
    } catch (cause) {
      this.#isEnded = true;
      clearTimeout(this.#timer);
      this.#events.onBroken(cause);
    }
  }

  #flush(): void {
    while (this.#frames.length > 0) {
      const frames = this.#frames;
      this.#frames = [];
      this.#toLinks({ kind: 'frames', frames }, this.#now());
    }
    if (this.#ups.length === 0) return;
    const ups = this.#ups;
    this.#ups = [];
    this.#events.onUp(ups);
  }

  #toRing(input: RingInput, now: Instant): void {
    let refused = 0;
    let why = '';
    for (const effect of stepRing(this.#ring, input, now)) {
      switch (effect.kind) {
        case 'persist-ring-seq':
          replaceFile(this.#options.ringSeqPath, `${effect.seq}\n`);
          break;
        case 'send':
          this.#frames.push(effect);
          break;
        case 'delivered':
        case 'transitional':
        case 'regular':
          this.#ups.push(effect);
          break;
        case 'refused':
          refused += 1;
          why = effect.text;
          break;
        case 'note':
          this.#events.onNote(effect);
          break;
      }
    }
    if (refused > 0) this.#events.onRefused(refused, why);
  }

  #toLinks(input: LinksInput, now: Instant): void {
    for (const effect of stepLinks(this.#links, input, now)) this.#onLinksEffect(effect, now);
  }

  #onLinksEffect(effect: LinksEffect, now: Instant): void {
    switch (effect.kind) {
      case 'transmit':
        this.#transmit(effect);
        return;
      case 'deliver':
        this.#toRing({ kind: 'datagram', bytes: effect.bytes }, now);
        return;
      case 'prove':
        this.#keys.opener.prove(effect.sender, effect.epoch, effect.counter);
        return;
      case 'news': {
        const news = readKeyNews(effect.news);
        if (news === undefined) return;
        this.#afterKeys(this.#keys.step({ kind: 'news', peer: effect.peer, news }, now), now);
        return;
      }
      case 'reachable':
      case 'unreachable':
        this.#onReach(effect.peer, effect.kind === 'reachable', now);
        this.#events.onLink(effect);
        return;
      case 'capacity':
        this.#fit(effect.datagramBytes, now);
        return;
      case 'link-up':
      case 'link-down':
        this.#events.onLink(effect);
        return;
      case 'note':
        this.#events.onNote(effect);
        return;
    }
  }

  #transmit({ plain, audience, routes }: LinksEffect & { kind: 'transmit' }): void {
    const room = this.#rooms.take();
    const bytes = this.#keys.seal(plain, audience, room);
    let onItsWay = routes.length;
    const onDone = (): void => {
      onItsWay -= 1;
      if (onItsWay === 0 && room !== undefined) this.#rooms.giveBack(room);
    };
    for (const { peer, link } of routes) this.#transport?.send(peer, link, bytes, onDone);
  }

  /** Messages as large as the links carry well; each is lost or kept as a whole. */
  #fit(datagramBytes: number, now: Instant): void {
    const messageBytes = messageBytesFor(datagramBytes);
    if (messageBytes === this.#ring.config.messageBytes) return;
    const config = { ...this.#ring.config, messageBytes };
    this.#toRing({ kind: 'configure', config }, now);
  }

  #onReach(peer: NodeId, isReachable: boolean, now: Instant): void {
    if (isReachable) this.#reachable.add(peer);
    else this.#reachable.delete(peer);
    this.#afterKeys(this.#keys.step({ kind: 'reachable', peers: this.#reachable }, now), now);
  }

  /** Keys have moved on: the peers hear of it in the next pings. */
  #afterKeys(notes: readonly Note[], now: Instant): void {
    if (notes.length === 0) return;
    for (const each of notes) this.#events.onNote(each);
    this.#toLinks({ kind: 'news', news: this.#keys.news() }, now);
  }

  /** One timer for all; it is set anew only where it would ring too late. */
  #arm(): void {
    const due = earliest(
      ringDeadline(this.#ring),
      linksDeadline(this.#links),
      this.#keys.deadline(),
    );
    if (due === undefined || due >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = due;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Infinity;
        this.#guard(() => {
          this.#tick();
        });
      },
      Math.max(0, Math.ceil(due - this.#now())),
    );
  }

  #tick(): void {
    const now = this.#now();
    const [ofLinks, ofRing, ofKeys] = [
      linksDeadline(this.#links),
      ringDeadline(this.#ring),
      this.#keys.deadline(),
    ];
    if (ofLinks !== undefined && ofLinks <= now) this.#toLinks({ kind: 'tick' }, now);
    if (ofRing !== undefined && ofRing <= now) this.#toRing({ kind: 'tick' }, now);
    if (ofKeys !== undefined && ofKeys <= now)
      this.#afterKeys(this.#keys.step({ kind: 'tick' }, now), now);
  }
}
