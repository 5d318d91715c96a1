/** Chains of events, each followed by what every part of the cluster says. */
import t from 'tap';
import { cluster, type Rules } from './cluster.ts';

export type Chain = {
  readonly rows: string;
  readonly rules: Rules;
  readonly steps: readonly (readonly [events: string, result: string])[];
};

export function runChains(chains: readonly Chain[]): void {
  for (const { rows, rules, steps } of chains) {
    void t.test(rows, (t) => {
      const nodes = cluster(rules);
      for (const [events, result] of steps) {
        for (const event of events.split('; ')) nodes.act(event);
        t.equal(nodes.say(), result, events);
      }
      t.end();
    });
  }
}
