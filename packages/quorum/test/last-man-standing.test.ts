/** The rows of the scenario table (section 5.7) in which expected votes shrink. */
import { type Chain, runChains } from './support/chains.ts';

const THREE = '{1,2,3}:Q t3/EV3/q2';
const FOUR = '{1,2,3,4}:Q t4/EV4/q3';

const CHAINS: readonly Chain[] = [
  {
    rows: 'S49–S57: last_man_standing from five to two, not to one',
    rules: { nodes: 5, lms: true, wfa: true },
    steps: [
      ['up 1,2,3,4,5; crash 5', '{1,2,3,4}:Q t4/EV5/q3'],
      ['window', FOUR],
      ['crash 4', '{1,2,3}:Q t3/EV4/q3'],
      ['window', THREE],
      ['crash 3', '{1,2}:Q t2/EV3/q2'],
      ['window', '{1,2}:Q t2/EV2/q2'],
      ['crash 2', '{1}:– t1/EV2/q2'],
      ['window', '{1}:– t1/EV2/q2'],
      // The reference: {1}:Q t2/EV2/q2; {2}:– t2/EV5/q3 within one ring. Here both wait for all five.
      ['up 2', '{1,2}:– t2/EV5/q3'],
    ],
  },
  {
    rows: 'S58–S61: with a tie breaker it goes down to one',
    rules: { nodes: 5, lms: true, wfa: true, atb: 'lowest' },
    steps: [
      ['up 1,2,3,4,5; crash 5; window; crash 4; window; crash 3; window', '{1,2}:Q t2/EV2/q2'],
      ['crash 2', '{1}:Q t1/EV2/q2'],
      ['window', '{1}:Q t1/EV1/q1'],
      ['up 2', '{1,2}:Q t2/EV2/q2'],
    ],
  },
  {
    rows: 'S62–S70: last_man_standing shrinks only where there is quorum, and grows back',
    rules: { nodes: 4, lms: true },
    steps: [
      ['up 1,2,3', '{1,2,3}:Q t3/EV4/q3'],
      ['crash 3', '{1,2}:– t2/EV4/q3'],
      ['window', '{1,2}:– t2/EV4/q3'],
      ['up 3,4', FOUR],
      ['crash 4', '{1,2,3}:Q t3/EV4/q3'],
      ['window', THREE],
      ['crash 3', '{1,2}:Q t2/EV3/q2'],
      ['window', '{1,2}:Q t2/EV2/q2'],
      ['up 3,4', FOUR],
    ],
  },
  {
    rows: 'S71–S74: the half that won a tie shrinks, the other one does not',
    rules: { nodes: 4, lms: true, wfa: true, atb: 'lowest' },
    steps: [
      ['up 1,2,3,4; split 12|34', '{1,2}:Q t2/EV4/q3; {3,4}:– t2/EV4/q3'],
      ['window', '{1,2}:Q t2/EV2/q2; {3,4}:– t2/EV4/q3'],
      ['crash 2', '{1}:Q t1/EV2/q2; {3,4}:– t2/EV4/q3'],
      ['window', '{1}:Q t1/EV1/q1; {3,4}:– t2/EV4/q3'],
    ],
  },
  {
    rows: 'S75–S76: last_man_standing is off where votes are unequal',
    rules: { nodes: 3, votes: [2, 1, 1], lms: true },
    steps: [
      ['up 1,2,3; crash 3', '{1,2}:Q t3/EV4/q3'],
      ['window', '{1,2}:Q t3/EV4/q3'],
    ],
  },
  {
    rows: 'beyond the table: allow_downscale follows who leaves politely, not who crashes',
    rules: { nodes: 5, floor: 2 },
    steps: [
      ['up 1,2,3,4,5', '{1,2,3,4,5}:Q t5/EV5/q3'],
      ['leave 5', FOUR],
      ['crash 4', '{1,2,3}:Q t3/EV4/q3'],
      ['leave 3', '{1,2}:Q t2/EV3/q2'],
      ['leave 2', '{1}:– t1/EV2/q2'],
    ],
  },
  {
    rows: 'beyond the table: without allow_downscale a polite leave changes nothing',
    rules: { nodes: 3 },
    steps: [['up 1,2,3; leave 3', '{1,2}:Q t2/EV3/q2']],
  },
];

runChains(CHAINS);
