/**
 * Every configuration of ../shared/cases/corosync, held against the verdict of the real
 * `corosync -t`. Every verdict is the same; what we say beyond it is in the tables below.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { describe, type Outside, outsideOf, parseCorosyncConf } from '@holdfast/corosync-conf';

const CASES = join(import.meta.dirname, '../../../../shared/cases/corosync/verdicts.json');

type Case = { readonly id: string; readonly conf: string; readonly rc: number };

/** Read as the reference reads it; the daemon does not start with it, and says this. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'coro-unknown-totem-key':
    /totem\.tokenn is not a key that is known in totem; did you mean "token"\?/,
  'coro-unknown-section': /quorumm is not a section of this file; did you mean "quorum"\?/,
  'coro-dup-addr': /ring0_addr "127\.0\.0\.1" is used already by the node in line/,
  'coro-two_node-3-nodes': /quorum\.two_node is for two nodes/,
  'coro-qdevice-atb': /quorum\.device and auto_tie_breaker exclude each other/,
  'coro-qdevice-two_node': /quorum\.device and two_node exclude each other/,
};

/** Accepted by the reference; accepted here, and the doubt is said. */
const WARNED: Readonly<Record<string, RegExp>> = {
  'coro-two_node-atb': /quorum\.two_node gives way to auto_tie_breaker/,
  'coro-qdevice': /quorum\.device is counted, but its client is not built yet/,
  'coro-expected-votes-zero': /quorum\.expected_votes "0" stands for none/,
  'coro-nodeid-zero': /nodeid is 0, which stands for none/,
  'coro-missing-nodeid': /nodeid is missing: the address makes it 2130706434/,
  'coro-consensus-too-small': /totem\.consensus "1000" is less than 1\.2 × token/,
  'coro-duplicate-key': /totem\.cluster_name was given already in line 3/,
  'coro-seed-s4': /bindnetaddr "127\.0\.0\.0" is not used/,
};

/** Line and wording of the refusals that the reference prints with a line. */
const SAID: Readonly<Record<string, string>> = {
  'coro-token-text':
    'cc.conf:4: totem.token "fast" is not a whole number from 0 to 4294967295; write digits only.',
  'coro-port-too-big':
    'cc.conf:6: totem.interface.mcastport "70000" is not a whole number from 0 to 65535; write digits only.',
  'coro-no-colon':
    'cc.conf:2: "version 2" is neither "section {", nor "key: value", nor "}"; write a colon after the key.',
  'coro-extra-close':
    'cc.conf:22: a closing brace has no section to close; remove it, or add the missing "section {" above.',
  'coro-unclosed-brace':
    'cc.conf:20: quorum has no closing brace: it is opened in line 18; add a line with } where it ends.',
  'coro-ip-version-bad':
    'cc.conf:4: totem.ip_version "ipv5" is none of the values it can have (ipv4, ipv6, ipv4-6, ipv6-4); did you mean "ipv4"?',
};

/** The machine the verdicts were recorded on: it resolves localhost, and has no key. */
function isThere({ names, key }: Outside): boolean {
  return names.every(({ name }) => name === 'localhost') && (key === undefined || key.inline);
}

if (!existsSync(CASES)) {
  t.comment(`${CASES} is absent: the verdicts of the real corosync are not compared`);
} else {
  const cases = JSON.parse(readFileSync(CASES, 'utf8')) as Case[];
  void t.test('what the reference accepts is read, what it refuses is refused', (t) => {
    for (const { id, conf, rc } of cases) {
      const result = parseCorosyncConf(conf, 'cc.conf');
      const said = result.ok ? '' : result.fault.map(describe).join('\n');
      const isAccepted = result.ok && isThere(outsideOf(result.value));
      t.equal(isAccepted, rc === 0, `${id}: ${said}`);
      const refusal = REFUSED[id];
      const refusals = result.ok ? result.value.refusals.map(describe) : [];
      t.equal(refusals.length > 0, refusal !== undefined, `${id}: ${refusals.join(' ')}`);
      if (refusal !== undefined) t.match(refusals, [refusal], id);
      const wording = SAID[id];
      if (wording !== undefined) t.match(said.split('\n'), [wording], id);
      const doubt = WARNED[id];
      if (doubt !== undefined) {
        t.ok(result.ok && result.value.warnings.map(describe).some((one) => doubt.test(one)), id);
      }
    }
    t.end();
  });

  void t.test('every exception named here is a case that exists', (t) => {
    const ids = new Set(cases.map(({ id }) => id));
    for (const id of [REFUSED, WARNED, SAID].flatMap((table) => Object.keys(table))) {
      t.ok(ids.has(id), id);
    }
    t.end();
  });
}
