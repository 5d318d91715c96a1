import {
  checkParameters,
  defineFenceAgent,
  describeParameterFault,
  type FenceAgent,
  type PowerState,
  readFenceInput,
} from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';
import t from 'tap';
import { world } from './support.ts';

type Device = {
  readonly agent: FenceAgent;
  readonly states: Map<string, PowerState>;
  readonly log: string[];
  slowBy: number;
  silent: boolean;
  isStuck: boolean;
};

function device(): Device {
  const states = new Map<string, PowerState>([
    ['1', 'on'],
    ['2', 'on'],
  ]);
  const made: Device = {
    states,
    log: [],
    slowBy: 0,
    silent: false,
    isStuck: false,
    agent: defineFenceAgent({
      name: 'fence-sample',
      version: '1',
      shortdesc: 'S',
      longdesc: 'L',
      parameters: {
        ip: { type: 'string', required: true, aliases: ['ipaddr'], shortdesc: 'Address' },
      },
      actions: {
        set: (_context, plug, wanted) => {
          made.log.push(`${wanted} ${plug}`);
          if (!states.has(plug)) return Promise.resolve(fail(`there is no outlet ${plug}`));
          if (!made.isStuck && made.slowBy === 0) states.set(plug, wanted);
          return Promise.resolve(ok(undefined));
        },
        status: (context, plug) => {
          if (made.silent) return Promise.resolve(fail('no answer'));
          made.log.push(`ask ${plug}`);
          if (made.slowBy > 0 && context.now() >= made.slowBy) states.set(plug, 'off');
          const state = states.get(plug);
          return Promise.resolve(
            state === undefined ? fail(`there is no outlet ${plug}`) : ok(state),
          );
        },
        list: () =>
          Promise.resolve(ok([...states.keys()].map((plug) => ({ plug, name: `n${plug}` })))),
        monitor: () => Promise.resolve(made.silent ? fail('no answer') : ok(undefined)),
      },
    }),
  };
  return made;
}

void t.test('fence actions end as fence agents exit', async (t) => {
  const { agent, states, log } = device();
  const act = (more: Record<string, string>): Promise<{ code: number; output: string }> =>
    agent.perform({ ip: '10.0.0.1', ...more }, world());
  t.match(await act({ action: 'status', plug: '1' }), { code: 0, output: 'Status: ON' });
  t.match(await act({ action: 'off', port: '1' }), { code: 0 }, 'port is plug');
  t.equal(states.get('1'), 'off');
  t.match(await act({ action: 'status', plug: '1' }), { code: 2, output: 'Status: OFF' });
  t.match(await act({ action: 'status', plug: '1,2' }), { code: 0 }, 'one of two supplies is on');
  t.match(await act({ action: 'on', plug: '1' }), { code: 0 });
  t.match(await act({ action: 'list' }), { code: 0, output: '1,n1\n2,n2' });
  t.match(await act({ action: 'list-status' }), { code: 0, output: '1,n1,on\n2,n2,on' });
  t.match(await act({ action: 'monitor' }), { code: 0 });
  log.length = 0;
  t.match(await act({ plug: '1,2' }), { code: 0 }, 'the default is reboot');
  t.same(log, ['off 1', 'off 2', 'ask 1', 'ask 2', 'on 1', 'on 2', 'ask 1', 'ask 2']);
});

void t.test('what is not proven off is an error', async (t) => {
  const stuck = device();
  stuck.isStuck = true;
  const given = { ip: 'x', action: 'off', plug: '1', 'power-timeout': '3' };
  const answer = await stuck.agent.perform(given, world());
  t.match(answer, {
    code: 1,
    output: /outlet 1 is not proven off within 3000 ms: it says it is on/,
  });

  const silent = device();
  silent.silent = true;
  t.match(await silent.agent.perform(given, world()), { code: 1, output: /no answer/ });
  t.match(await silent.agent.perform({ ip: 'x', action: 'status', plug: '1' }, world()), {
    code: 1,
  });
  t.match(await silent.agent.perform({ ip: 'x', action: 'monitor' }, world()), { code: 1 });

  const table: readonly { given: Record<string, string>; output: RegExp }[] = [
    { given: { ip: 'x', action: 'off', plug: '9' }, output: /there is no outlet 9/ },
    { given: { ip: 'x', action: 'off' }, output: /plug is required/ },
    { given: { action: 'off', plug: '1' }, output: /ip is required/ },
    { given: { ip: 'x', action: 'explode', plug: '1' }, output: /action=explode/ },
  ];
  for (const { given, output } of table) {
    t.match(await device().agent.perform(given, world()), { code: 1, output });
  }
});

void t.test(
  'a slow device is waited for, asked quickly first, and not longer than needed',
  async (t) => {
    const slow = device();
    slow.slowBy = 2500;
    const clock = world();
    const given = { ip: 'x', action: 'off', plug: '1', power_wait: '1' };
    t.match(await slow.agent.perform(given, clock), { code: 0 });
    t.ok(clock.clock >= 2500 && clock.clock < 3600, `${clock.clock} ms`);
    const asked = slow.log.filter((line) => line.startsWith('ask')).length;
    t.ok(asked >= 6 && asked < 20, `${asked} questions`);
  },
);

void t.test('a reboot whose "on" fails has fenced all the same', async (t) => {
  const made = device();
  made.slowBy = 1;
  const answer = await made.agent.perform(
    { ip: 'x', action: 'reboot', plug: '1', power_timeout: '1', retry_on: '0' },
    world(),
  );
  t.match(answer, { code: 0, output: /it is off\. outlet 1 is not proven on/ });
});

void t.test('fence metadata and input as fence agents have them', async (t) => {
  const { agent } = device();
  const { output } = await agent.perform({ action: 'metadata' }, world());
  t.match(
    output,
    '<parameter name="ipaddr" unique="0" required="0" deprecated="1" obsoletes="ip">',
  );
  t.match(output, '<parameter name="plug" unique="0" required="0">');
  t.match(output, '<getopt mixed="--power-timeout=[value]"/>');
  t.match(output, '<action name="on" automatic="0"/>');
  t.same(readFenceInput('# no\n\naction=off\n plug = 3 \nplug=4\nweird\npassword=a=b\n'), {
    action: 'off',
    plug: '4',
    password: 'a=b',
  });
  const faults = checkParameters(agent, {
    ip: 'x',
    pcmk_host_map: 'a:1',
    comunity: 'x',
    plgu: '1',
  });
  t.same(faults.map(describeParameterFault), [
    'there is no parameter comunity',
    'there is no parameter plgu; did you mean plug?',
  ]);
});

void t.test('a device without outlets asks for no plug, and is not confused by one', async (t) => {
  let power: PowerState = 'on';
  let isDeaf = false;
  const agent = defineFenceAgent({
    name: 'fence-one',
    version: '1',
    shortdesc: 'S',
    longdesc: 'L',
    parameters: {},
    isSingle: true,
    actions: {
      set: (_context, _plug, wanted) => {
        if (isDeaf) return Promise.resolve(fail('no answer'));
        power = wanted;
        return Promise.resolve(ok(undefined));
      },
      status: () => Promise.resolve(ok(power)),
      monitor: () => Promise.resolve(ok(undefined)),
    },
  });
  t.match(await agent.perform({ action: 'off' }, world()), { code: 0 });
  t.match(await agent.perform({ action: 'status', plug: '7,8' }, world()), { code: 2 });
  t.notMatch(agent.metadata(), /name="(plug|port)"/, 'nobody is told to give one');
  isDeaf = true;
  t.match(await agent.perform({ action: 'on' }, world()), {
    code: 1,
    output: 'the machine could not be told to switch on: no answer',
  });
});
