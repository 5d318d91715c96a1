/** The totem section: timers of the ring, ports, sealing (rules T3.1, T3.2, T6.10, T6.11). */
import { milliseconds } from '@holdfast/base';
import { type Block, merged, type Read } from './check.ts';
import { addFault, addWarning, type Findings } from './fault.ts';
import type { TotemConf } from './model.ts';

/** No timer of the ring may be shorter (rule T3.1). */
const TIMER_MS_MIN = 30;
const HOLD_MS_MIN = 14;
const PORT_DEFAULT = 5405;
const TIMERS = ['token', 'token_retransmit', 'consensus', 'join', 'merge', 'downcheck'] as const;

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
  const number = reader(totem);
  const tokenMs = milliseconds(number('token', 3000));
  const timers = readTimers(totem, tokenMs, size);
  checkTimers(totem, timers, found);
  const text = (key: string): string | undefined => totem?.texts.get(key)?.value;
  const ports = readPorts(totem, size, found);
  return {
    clusterName: text('cluster_name'),
    configVersion: totem?.integers.get('config_version')?.value ?? 0,
    transport: readTransport(root),
    ipVersion: ipVersionOf(text('ip_version')),
    tokenMs,
    ...timers,
    tokenWarningPercent: totem?.integers.get('token_warning')?.value ?? 75,
    tokenRetransmitsBeforeLoss: number('token_retransmits_before_loss_const', 4),
    sendJoinMs: milliseconds(number('send_join', 0)),
    failRecvConst: number('fail_recv_const', 2500),
    seqnoUnchangedConst: number('seqno_unchanged_const', 30),
    missCountConst: number('miss_count_const', 5),
    windowSize: number('window_size', 50),
    maxMessages: number('max_messages', 17),
    netMtu: nonZero(totem?.integers.get('netmtu')?.value),
    port: ports[0] ?? PORT_DEFAULT,
    linkPorts: ports,
    sealed: readSealing(totem, lastLine, found),
    keyFile: text('keyfile'),
    key: text('key'),
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

/** Link i listens on mcastport + i, unless its own interface section says otherwise. */
function readPorts(totem: Block | undefined, size: RingSize, found: Findings): number[] {
  const interfaces = (totem?.blocks ?? []).filter((block) => block.name === 'interface');
  const given = new Map<number, number>();
  for (const block of interfaces) {
    const link = block.integers.get('linknumber')?.value ?? 0;
    const port = block.integers.get('mcastport');
    if (port !== undefined && port.value > 0) given.set(link, port.value);
    warnUnused(block, found);
  }
  const base = given.get(0) ?? PORT_DEFAULT;
  return Array.from(
    { length: Math.max(1, size.links) },
    (_, link) => given.get(link) ?? base + link,
  );
}

function warnUnused(block: Block, found: Findings): void {
  const bind = block.texts.get('bindnetaddr');
  if (bind !== undefined) {
    const place = { ...bind, key: 'totem.interface.bindnetaddr' };
    addWarning(found, place, 'is not used: the addresses in nodelist are', 'remove the line');
  }
  const broadcast = block.texts.get('broadcast');
  if (broadcast?.value === 'yes') {
    const place = { ...broadcast, key: 'totem.interface.broadcast' };
    const what = 'is ignored: datagrams go to each node by its address';
    addWarning(found, place, what, 'remove the line');
  }
}

/** Rule T4.30: secauth stands for a cipher and a hash, unless they are given; the default is none. */
function readSealing(totem: Block | undefined, lastLine: number, found: Findings): boolean {
  const texts = totem?.texts ?? new Map<string, Read<string>>();
  const secauth = texts.get('secauth');
  const cipher = texts.get('crypto_cipher');
  const hash = texts.get('crypto_hash');
  const byDefault = valueOr(secauth, 'off') === 'on' ? 'aes256' : 'none';
  const sealed = valueOr(hash, byDefault) !== 'none';
  const chosen = cipher ?? hash;
  if (chosen !== undefined) {
    const place = { ...chosen, key: 'totem.crypto_cipher' };
    if (sealed) {
      addWarning(found, place, 'chooses no cipher here: AES-256-GCM seals every datagram');
    } else if (valueOr(cipher, byDefault) !== 'none') {
      addFault(found, place, 'needs a crypto_hash other than none', 'write crypto_hash: sha256');
    }
  }
  if (!sealed) warnUnsealed(secauth, totem?.line ?? lastLine, found);
  return sealed;
}

function warnUnsealed(secauth: Read<string> | undefined, line: number, found: Findings): void {
  const state = secauth === undefined ? 'is not given and defaults to off' : 'is off';
  const what = `${state}: anybody on this network can read, join and command the cluster`;
  const place = { line: secauth?.line ?? line, key: 'totem.secauth' };
  addWarning(found, place, what, 'make a key and set secauth: on');
}

function valueOr(read: Read<string> | undefined, absent: string): string {
  return read === undefined ? absent : read.value;
}
