/** The totem section: timers of the ring, ports, sealing (rules T3.1, T3.2, T6.10, T6.11). */
import { milliseconds } from '@holdfast/base';
import { type Block, merged, type Read } from './check.ts';
import { addFault, addWarning, type Findings } from './fault.ts';
import { linkModeOf, PORT_DEFAULT, readLinks } from './links.ts';
import type { TotemConf } from './model.ts';
import { readCrypto } from './sealing.ts';
import { checkRelations } from './timer-relations.ts';

/** No timer of the ring may be shorter (rule T3.1). */
const TIMER_MS_MIN = 30;
const HOLD_MS_MIN = 14;
const TIMERS = [
  'token',
  'token_retransmit',
  'consensus',
  'join',
  'merge',
  'downcheck',
  'max_network_delay',
] as const;

/** `nodes`: how many members the file lists; `links`: addresses of each. */
export type RingSize = { readonly nodes: number; readonly links: number };

/** What of the section the nodelist must know before it can be read. */
export function readTransport(root: Block): TotemConf['transport'] {
  const transport = merged(root, 'totem')?.texts.get('transport')?.value;
  return transport === 'udpu' || transport === 'udp' ? transport : 'knet';
}

export function readTotem(
  root: Block,
  size: RingSize,
  lastLine: number,
  found: Findings,
): TotemConf {
  const totem = merged(root, 'totem');
  if (totem === undefined) {
    const place = { line: lastLine, key: 'totem' };
    addFault(found, place, 'section is missing', 'add totem { version: 2 }');
  } else checkVersion(totem, found);
  const transport = readTransport(root);
  const tokenMs = milliseconds(reader(totem)('token', 3000));
  const timers = readTimers(totem, tokenMs, size);
  checkTimers(totem, timers, found);
  const text = (key: string): string | undefined => totem?.texts.get(key)?.value;
  const constants = readConstants(totem);
  if (totem !== undefined) checkRelations(totem, { ...timers, ...constants }, found);
  const links = readLinks(totem, { ...size, tokenMs: timers.effectiveTokenMs, transport }, found);
  const crypto = readCrypto(totem, transport, lastLine, found);
  return {
    clusterName: text('cluster_name'),
    transport,
    ipVersion: ipVersionOf(text('ip_version')),
    tokenMs,
    ...timers,
    ...constants,
    port: links[0]?.port ?? PORT_DEFAULT,
    linkPorts: links.map(({ port }) => port),
    links,
    linkMode: linkModeOf(totem?.texts.get('link_mode'), size.links, found),
    blocksUnlisted: text('block_unlisted_ips') !== 'no',
    sealed: crypto.hash !== 'none',
    crypto,
    keyFile: text('keyfile'),
    key: text('key'),
  };
}

type Constants = Pick<
  TotemConf,
  | 'configVersion'
  | 'tokenWarningPercent'
  | 'tokenRetransmitsBeforeLoss'
  | 'sendJoinMs'
  | 'failRecvConst'
  | 'seqnoUnchangedConst'
  | 'missCountConst'
  | 'windowSize'
  | 'maxMessages'
  | 'netMtu'
  | 'mtuProbeIntervalMs'
  | 'mtu'
>;

/** What stands for itself: nothing is derived from it or checked against another key. */
function readConstants(totem: Block | undefined): Constants {
  const number = reader(totem);
  return {
    configVersion: number('config_version', 0),
    tokenWarningPercent: totem?.integers.get('token_warning')?.value ?? 75,
    tokenRetransmitsBeforeLoss: number('token_retransmits_before_loss_const', 4),
    sendJoinMs: milliseconds(number('send_join', 0)),
    failRecvConst: number('fail_recv_const', 2500),
    seqnoUnchangedConst: number('seqno_unchanged_const', 30),
    missCountConst: number('miss_count_const', 5),
    windowSize: number('window_size', 50),
    maxMessages: number('max_messages', 17),
    netMtu: nonZero(totem?.integers.get('netmtu')?.value),
    mtuProbeIntervalMs: milliseconds(1000 * number('knet_pmtud_interval', 30)),
    mtu: nonZero(totem?.integers.get('knet_mtu')?.value),
  };
}

/** A number whose 0 means the default. */
function reader(totem: Block | undefined): (key: string, absent: number) => number {
  return (key, absent) => nonZero(totem?.integers.get(key)?.value) ?? absent;
}

function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

function checkVersion(totem: Block, found: Findings): void {
  const version = totem.integers.get('version');
  const key = 'totem.version';
  if (version === undefined) {
    if (found.faults.some((fault) => fault.key === key)) return;
    addFault(found, { line: totem.line, key }, 'is missing', 'add version: 2');
  } else if (version.value !== 2) {
    const place = { line: version.line, key, value: String(version.value) };
    addFault(found, place, 'is not the only version there is', 'write version: 2');
  }
}

type Timers = Pick<
  TotemConf,
  | 'tokenCoefficientMs'
  | 'effectiveTokenMs'
  | 'tokenRetransmitMs'
  | 'holdMs'
  | 'consensusMs'
  | 'effectiveConsensusMs'
  | 'joinMs'
  | 'mergeMs'
  | 'downcheckMs'
>;

/** Rule T3.1: what is derived from what, rounded down as the reference does. */
function readTimers(totem: Block | undefined, tokenMs: number, size: RingSize): Timers {
  const number = reader(totem);
  const coefficient = totem?.integers.get('token_coefficient')?.value ?? 650;
  const effective = tokenMs + Math.max(0, size.nodes - 2) * coefficient;
  const lossConst = number('token_retransmits_before_loss_const', 4);
  const retransmit = number('token_retransmit', Math.floor(effective / (lossConst + 0.2)));
  const consensus = nonZero(totem?.integers.get('consensus')?.value);
  return {
    tokenCoefficientMs: milliseconds(coefficient),
    effectiveTokenMs: milliseconds(effective),
    tokenRetransmitMs: milliseconds(retransmit),
    holdMs: milliseconds(number('hold', Math.floor(retransmit * 0.8 - 10))),
    consensusMs: consensus === undefined ? undefined : milliseconds(consensus),
    // In twelfths: 1.2 × token in floating point can fall just below the whole number.
    effectiveConsensusMs: milliseconds(consensus ?? Math.floor((effective * 12) / 10)),
    joinMs: milliseconds(number('join', 50)),
    mergeMs: milliseconds(number('merge', 200)),
    downcheckMs: milliseconds(number('downcheck', 1000)),
  };
}

/** Rules T3.2 and T3.3. */
function checkTimers(totem: Block | undefined, timers: Timers, found: Findings): void {
  if (totem === undefined) return;
  const at = (key: string): Read<number> | undefined => totem.integers.get(key);
  for (const key of TIMERS) {
    const read = at(key);
    if (read === undefined || read.value === 0 || read.value >= TIMER_MS_MIN) continue;
    const place = { line: read.line, key: `totem.${key}`, value: String(read.value) };
    addFault(found, place, `is less than ${TIMER_MS_MIN} ms`, `write ${TIMER_MS_MIN} or more`);
  }
  const hold = at('hold');
  if (hold !== undefined && hold.value !== 0 && hold.value < HOLD_MS_MIN) {
    const place = { line: hold.line, key: 'totem.hold', value: String(hold.value) };
    addFault(found, place, `is less than ${HOLD_MS_MIN} ms`, `write ${HOLD_MS_MIN} or more`);
  }
  checkRetransmit(totem, timers, found);
  checkConsensus(totem, timers, found);
  const percent = at('token_warning');
  if (percent !== undefined && percent.value > 100) {
    const place = { line: percent.line, key: 'totem.token_warning', value: String(percent.value) };
    addFault(found, place, 'is more than 100 percent', 'write 0 to 100');
  }
}

function checkRetransmit(totem: Block, timers: Timers, found: Findings): void {
  const token = totem.integers.get('token');
  const given = nonZero(totem.integers.get('token_retransmit')?.value) !== undefined;
  const tokenItself = (nonZero(token?.value) ?? TIMER_MS_MIN) < TIMER_MS_MIN;
  if (given || tokenItself || timers.tokenRetransmitMs >= TIMER_MS_MIN) return;
  const place = { line: token?.line ?? totem.line, key: 'totem.token' };
  const what = `leaves ${timers.tokenRetransmitMs} ms between two tries to pass the token on`;
  addFault(found, place, what, 'raise token or lower token_retransmits_before_loss_const');
}

function checkConsensus(totem: Block, timers: Timers, found: Findings): void {
  const consensus = totem.integers.get('consensus');
  if (consensus === undefined || consensus.value < TIMER_MS_MIN) return;
  const place = { line: consensus.line, key: 'totem.consensus', value: String(consensus.value) };
  if (consensus.value < timers.joinMs) {
    addFault(found, place, `is less than join (${timers.joinMs} ms)`, 'raise it');
  } else if (consensus.value * 10 < timers.effectiveTokenMs * 12) {
    const advised = Math.ceil((timers.effectiveTokenMs * 12) / 10);
    addWarning(found, place, 'is less than 1.2 × token: memberships may flap', `write ${advised}`);
  }
}

function ipVersionOf(text: string | undefined): TotemConf['ipVersion'] {
  return text === 'ipv4' || text === 'ipv6' || text === 'ipv4-6' ? text : 'ipv6-4';
}
