/** A plugin that does everything a plugin must not do; tests load it by its path. */
import { defineAgent, defineFenceAgent, success } from '@holdfast/agent';
import { ok } from '@holdfast/base';

export const agent = defineAgent({
  name: 'naughty',
  provider: 'test',
  version: '1',
  shortdesc: 'Misbehaves',
  longdesc: 'Misbehaves as its parameter says.',
  parameters: {
    how: { type: 'string', default: 'well', shortdesc: 'How' },
    for_ms: { type: 'integer', default: 0, shortdesc: 'How long' },
  },
  actions: {
    start: {
      timeout: '20s',
      run: async ({ parameters, sleep, run }) => {
        switch (parameters.how) {
          case 'throw':
            throw new Error('I threw');
          case 'exit':
            return process.exit(3);
          case 'uncaught':
            setTimeout(() => {
              throw new Error('later');
            }, 1);
            return new Promise(() => undefined);
          case 'block':
            for (;;);
          case 'hang':
            return new Promise(() => undefined);
          case 'command':
            await run(['/bin/sh', '-c', 'echo $$ > "$HOLDFAST_ROOT_TEST"; exec sleep 60'], {
              env: {
                HOLDFAST_ROOT_TEST:
                  parameters.for_ms === 0 ? '/dev/null' : `/tmp/holdfast-test-${parameters.for_ms}`,
              },
            });
            return success;
          default:
            await sleep(parameters.for_ms);
            return success;
        }
      },
    },
    stop: { timeout: '20s', run: () => success },
    monitor: { timeout: '20s', run: () => success },
  },
});

export const fence = defineFenceAgent({
  name: 'fence-test',
  version: '1',
  shortdesc: 'Says yes',
  longdesc: 'Says yes to everything.',
  parameters: { fails: { type: 'boolean', default: false, shortdesc: 'Says no' } },
  actions: {
    set: () => Promise.resolve(ok(undefined)),
    status: () => Promise.resolve(ok('off')),
    monitor: ({ parameters }) =>
      Promise.resolve(parameters.fails ? { ok: false, fault: 'it says no' } : ok(undefined)),
  },
});
