/**
 * The scenario table of ../shared/spec/totem-quorum.md (section 5.7), read from the specification
 * itself, row by row: every row starts anew and is played to its end.
 */
import t from 'tap';
import { cluster } from './support/cluster.ts';
import { specRows } from './support/spec-table.ts';

/**
 * Rows in which members of one ring say different things on Corosync 3.1.7, or two partitions are
 * quorate. The specification forbids both (T0.3, T5.28, T5.33, T9.26), so here they say:
 */
const AGREED: Readonly<Record<string, { readonly say: string; readonly why: string }>> = {
  S57: {
    say: '{1,2}:– t2/EV5/q3',
    why: 'both wait for all five; the reference has one of them act',
  },
  S84: {
    say: '{1,3}:– t2/EV4/q3; {2,4}:Q t2/EV4/q3',
    why: 'only the part with the last epoch’s tie-breaker acts',
  },
  S118: { say: '{1,2}:Q t3/EV3/q2', why: 'the device’s vote counts for the whole partition' },
};

const rows = specRows();
if (rows === undefined) {
  t.comment('../shared/spec/totem-quorum.md is absent: its rows are not played one by one');
} else {
  void t.test('every row of the scenario table holds', (t) => {
    t.equal(rows.length, 124, 'the whole table');
    for (const { id, rules, events, words, result } of rows) {
      const nodes = cluster(rules);
      for (const event of events) nodes.act(event);
      const agreed = AGREED[id];
      t.equal(
        nodes.say(),
        agreed?.say ?? result,
        `${id}: ${words}${agreed === undefined ? '' : ` (${agreed.why})`}`,
      );
    }
    t.end();
  });
}
