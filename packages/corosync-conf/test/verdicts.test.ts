/**
 * Every configuration of ../shared/cases/corosync, held against the verdict of the real
 * `corosync -t`. Where we differ, the case is named below with the reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { describe, parseCorosyncConf } from '@holdfast/corosync-conf';

const CASES = join(import.meta.dirname, '../../../../shared/cases/corosync/verdicts.json');

type Case = { readonly id: string; readonly conf: string; readonly rc: number };

/** Accepted by the reference, refused here. */
const STRICTER: Readonly<Record<string, string>> = {
  'coro-unknown-totem-key': 'totem.tokenn: a misspelt key is a setting that silently is not made',
  'coro-unknown-section': 'quorumm: a misspelt section is a policy that silently is not in force',
  'coro-dup-addr': 'ring0_addr given twice: one of the two nodes could never be reached',
};

/** Refused by the reference for something a pure reader cannot see; the daemon looks at start. */
const LATER: Readonly<Record<string, string>> = {
  'coro-hostname-unresolvable': 'names are resolved by the daemon, where a failure is no end',
  'coro-secauth-on-udpu': 'refused for a missing key file, which the daemon reads',
};

/** Accepted by the reference; accepted here, and the doubt is said. */
const WARNED: Readonly<Record<string, RegExp>> = {
  'coro-two_node-3-nodes': /quorum\.two_node is for two nodes/,
  'coro-two_node-atb': /quorum\.two_node gives way to auto_tie_breaker/,
  'coro-qdevice-atb': /quorum\.device and auto_tie_breaker exclude each other/,
  'coro-qdevice-two_node': /quorum\.device and two_node exclude each other/,
  'coro-qdevice': /quorum\.device is not supported yet/,
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

if (!existsSync(CASES)) {
  t.comment(`${CASES} is absent: the verdicts of the real corosync are not compared`);
} else {
  const cases = JSON.parse(readFileSync(CASES, 'utf8')) as Case[];
  void t.test('what the reference accepts is read, what it refuses is refused', (t) => {
    for (const { id, conf, rc } of cases) {
      const result = parseCorosyncConf(conf, 'cc.conf');
      const said = result.ok ? '' : result.fault.map(describe).join('\n');
      const stricter = Object.hasOwn(STRICTER, id);
      const expected = Object.hasOwn(LATER, id) || (rc === 0 && !stricter);
      t.equal(result.ok, expected, `${id}: ${said}`);
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
    for (const id of [STRICTER, LATER, WARNED, SAID].flatMap((table) => Object.keys(table))) {
      t.ok(ids.has(id), id);
    }
    t.end();
  });
}
