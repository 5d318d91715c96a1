/**
 * How large a datagram may be on each path. Larger ones are cheaper, even those that the kernel cuts
 * into packets, as long as hardly anything is lost; and some paths swallow what is too large without a
 * word. So sizes are tried with padded pings, upwards one by one; a size in use is tried again, and
 * given up when it stops passing. (A program in Node cannot forbid fragmentation nor hear of it.)
 */
import { after, type Instant, instant, milliseconds } from '@holdfast/base';
import type { LinksState, MtuSearch, Path } from './state.ts';

/** What every IPv4 path carries, and every IPv6 path (RFC 791, RFC 8200), less the headers. */
const ALWAYS = 508;
const USUALLY = 1232;
/** UDP over IPv4 ends at 65,507. */
export const DATAGRAM_BYTES_MAX = 60_000;
const LARGER = [4096, 8192, 16_384, 32_768, DATAGRAM_BYTES_MAX];

const TRIES = 3;
const ANSWER_MS_MIN = 250;
/** A size given up is tried again so soon: it may have been a busy host. */
const AGAIN_MS = 5000;
const CONFIRM_MS = milliseconds(500);
/** The newest ping counts for so much in the loss of a path. */
const LOSS_WEIGHT = 1 / 16;
/** A datagram of forty packets is lost with any of them: with less loss than this they are tried … */
const LOSS_TO_GROW = 0.02;
/** … and with more than this no longer used. */
const LOSS_TO_SHRINK = 0.1;
const NEVER = instant(Infinity);

export function newSearch({ settings }: LinksState): MtuSearch {
  return {
    bytes: settings.datagramBytes ?? USUALLY,
    probe: undefined,
    searchAt: NEVER,
    confirmAt: NEVER,
    isUsed: false,
    isConfirmed: settings.datagramBytes !== undefined,
  };
}

/** The sizes to try on a link, ascending. */
export function ladder(state: LinksState, link: number): readonly number[] {
  const { datagramBytes } = state.settings;
  if (datagramBytes !== undefined) return [datagramBytes];
  const whole = state.interfaces.get(link) ?? USUALLY;
  const rungs = [ALWAYS, USUALLY, whole, ...LARGER].filter((each) => each <= DATAGRAM_BYTES_MAX);
  return [...new Set(rungs)].sort((a, b) => a - b);
}

/** One more ping was answered (0) or not (1). Lossy paths go back to datagrams of one packet. */
export function addLoss(state: LinksState, path: Path, lost: 0 | 1): void {
  path.loss += (lost - path.loss) * LOSS_WEIGHT;
  if (path.loss <= LOSS_TO_SHRINK || path.mtu.bytes <= onePacket(state, path)) return;
  shrink(state, path);
}

/** What the interface sends in one piece. */
function onePacket(state: LinksState, { link }: Path): number {
  return state.settings.datagramBytes ?? state.interfaces.get(link) ?? USUALLY;
}

/** To the size of one packet; from there to the next smaller one. */
function shrink(state: LinksState, path: Path): void {
  const { mtu } = path;
  const one = onePacket(state, path);
  mtu.bytes = mtu.bytes > one ? one : (rungBefore(state, path) ?? mtu.bytes);
  mtu.isConfirmed = true;
  mtu.confirmAt = state.now;
  mtu.probe = undefined;
  const wait = Math.min(state.settings.mtuIntervalMs, AGAIN_MS);
  mtu.searchAt = after(state.now, milliseconds(wait));
}

/** A path has come up: its size is tried, then larger ones. */
export function startSearch(state: LinksState, path: Path): void {
  path.mtu.probe = undefined;
  path.mtu.searchAt = state.settings.datagramBytes === undefined ? state.now : NEVER;
  path.mtu.confirmAt = NEVER;
}

/** The size is now given by hand, or no longer: begins anew. */
export function resize(state: LinksState, path: Path): void {
  Object.assign(path.mtu, newSearch(state));
  if (path.isUp) startSearch(state, path);
}

export function stopSearch({ mtu }: Path): void {
  mtu.probe = undefined;
  mtu.searchAt = NEVER;
  mtu.confirmAt = NEVER;
}

/** When something is due here. */
export function searchDueAt({ mtu, isUp }: Path): Instant {
  if (!isUp) return NEVER;
  if (mtu.probe !== undefined) return mtu.probe.answerBy;
  return mtu.isUsed ? instant(Math.min(mtu.searchAt, mtu.confirmAt)) : mtu.searchAt;
}

/** The size to ping with now, if one is due. Called when time has passed. */
export function nextProbe(state: LinksState, path: Path): number | undefined {
  const { mtu } = path;
  const { now } = state;
  if (searchDueAt(path) > now) return undefined;
  if (mtu.probe !== undefined) {
    const { bytes, tries } = mtu.probe;
    if (tries < TRIES) return probe(state, path, bytes, tries + 1);
    giveUp(state, path, bytes);
    return undefined;
  }
  if (mtu.isConfirmed && now >= mtu.confirmAt && mtu.isUsed) {
    mtu.isUsed = false;
    return probe(state, path, mtu.bytes, 1);
  }
  const next = mtu.isConfirmed ? rungAfter(state, path) : mtu.bytes;
  if (next !== undefined) return probe(state, path, next, 1);
  rest(state, path);
  return undefined;
}

/** A padded ping was answered. The next size to try, if any. */
export function onProbed(state: LinksState, path: Path, bytes: number): number | undefined {
  const { mtu } = path;
  if (mtu.probe?.bytes !== bytes) return undefined;
  const isLarger = bytes > mtu.bytes || !mtu.isConfirmed;
  mtu.probe = undefined;
  mtu.confirmAt = after(state.now, CONFIRM_MS);
  if (!isLarger) return undefined;
  mtu.bytes = bytes;
  mtu.isConfirmed = true;
  const next = rungAfter(state, path);
  if (next !== undefined) return probe(state, path, next, 1);
  rest(state, path);
  return undefined;
}

function rungAfter(state: LinksState, path: Path): number | undefined {
  const next = ladder(state, path.link).find((rung) => rung > path.mtu.bytes);
  if (next === undefined || next <= onePacket(state, path)) return next;
  return path.loss < LOSS_TO_GROW ? next : undefined;
}

function rungBefore(state: LinksState, { link, mtu }: Path): number | undefined {
  return ladder(state, link).findLast((rung) => rung < mtu.bytes);
}

function probe(state: LinksState, { mtu, rtt }: Path, bytes: number, tries: number): number {
  const wait = milliseconds(Math.max(ANSWER_MS_MIN, 4 * rtt.mean) * tries);
  mtu.probe = { bytes, tries, answerBy: after(state.now, wait) };
  return bytes;
}

/** Nobody answered that size: the present one stands, or where it was that one, the next smaller. */
function giveUp(state: LinksState, path: Path, bytes: number): void {
  const { mtu } = path;
  mtu.probe = undefined;
  if (bytes <= mtu.bytes) shrink(state, path);
  else rest(state, path);
}

function rest(state: LinksState, { mtu }: Path): void {
  mtu.searchAt = after(state.now, state.settings.mtuIntervalMs);
}
