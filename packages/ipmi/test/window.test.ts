import fc from 'fast-check';
import t from 'tap';
import { isFresh, makeWindow, remember } from '#src/window.js';

void t.test('each number counts once, whatever the order', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 200 }), (numbers) => {
      const window = makeWindow();
      const taken = new Set<number>();
      let highest = 0;
      for (const number of numbers) {
        const isNew = number > 0 && !taken.has(number) && number >= highest - 32;
        if (isFresh(window, number) !== isNew) return false;
        if (!isNew) continue;
        remember(window, number);
        taken.add(number);
        highest = Math.max(highest, number);
      }
      return true;
    }),
  );
  t.end();
});

void t.test('a long silence makes nobody deaf', (t) => {
  const window = makeWindow();
  for (const number of [1, 2, 0xffff_fff0]) {
    t.ok(isFresh(window, number), `${number}`);
    remember(window, number);
    t.notOk(isFresh(window, number), `${number} again`);
  }
  t.ok(isFresh(window, 0xffff_fff0 - 32), 'the oldest that is remembered');
  t.notOk(isFresh(window, 0xffff_fff0 - 33), 'too old to know');
  t.end();
});
