/** The replay window against a plain set that remembers everything. */
import fc from 'fast-check';
import t from 'tap';
import { closeUpTo, markSeen, replayWindow, wasSeen, WINDOW } from '#src/window.js';

void t.test('a number is taken once, in any order, as long as the window reaches', (t) => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -40, max: 40 }) },
    { weight: 2, arbitrary: fc.integer({ min: -WINDOW - 10, max: 10 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 * WINDOW }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const window = replayWindow();
      const seen = new Set<number>();
      let highest = 0;
      for (const each of steps) {
        const counter = Math.max(1, highest + each);
        const isOld = counter <= highest - WINDOW;
        if (wasSeen(window, counter) !== (isOld || seen.has(counter))) return false;
        markSeen(window, counter);
        if (!isOld) seen.add(counter);
        highest = Math.max(highest, counter);
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.end();
});

void t.test('closing forgets nothing above', (t) => {
  const window = replayWindow();
  for (const counter of [5, 9, 12]) markSeen(window, counter);
  closeUpTo(window, 10);
  const open = [1, 5, 8, 10, 11, 12, 13].filter((counter) => !wasSeen(window, counter));
  t.same(open, [11, 13]);
  closeUpTo(window, 50);
  t.ok(wasSeen(window, 13) && wasSeen(window, 50));
  t.notOk(wasSeen(window, 51));
  const far = 2 ** 40;
  markSeen(window, far);
  t.ok(wasSeen(window, far));
  t.notOk(wasSeen(window, far - 1));
  t.end();
});
