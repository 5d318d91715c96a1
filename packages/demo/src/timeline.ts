/** The live timeline: seconds since the start, who, and what happened, one line each. */

export type Actor = 'demo' | 'haone' | 'hatwo' | 'PDU' | 'link' | 'client' | 'crm' | 'judge';

export type Timeline = {
  say(actor: Actor, sentence: string): void;
  /** Begins a step. */
  step(title: string): void;
  verdict(isHeld: boolean, sentence: string): void;
};

const COLOUR: Readonly<Record<Actor, number>> = {
  demo: 37,
  haone: 36,
  hatwo: 35,
  PDU: 33,
  link: 34,
  client: 90,
  crm: 90,
  judge: 37,
};
const BOLD = 1;
const GREEN = 32;
const RED = 31;

export function startTimeline(write: (text: string) => void, hasColours: boolean): Timeline {
  const from = performance.now();
  const paint = (colour: number, text: string): string =>
    hasColours ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const clock = (): string => ((performance.now() - from) / 1000).toFixed(2).padStart(7);
  return {
    say: (actor, sentence) => {
      write(`${clock()}  ${paint(COLOUR[actor], actor.padEnd(6))}  ${sentence}\n`);
    },
    step: (title) => {
      write(`\n${paint(BOLD, title)}\n`);
    },
    verdict: (isHeld, sentence) => {
      const mark = isHeld ? paint(GREEN, '✔') : paint(RED, '✘');
      write(`${clock()}  ${'judge'.padEnd(6)}  ${mark} ${sentence}\n`);
    },
  };
}
