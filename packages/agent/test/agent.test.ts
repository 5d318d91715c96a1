import {
  checkParameters,
  defineAgent,
  describeParameterFault,
  failed,
  notRunning,
  OCF,
  success,
} from '@holdfast/agent';
import t from 'tap';
import { world } from './support.ts';

const sample = defineAgent({
  name: 'sample',
  provider: 'holdfast',
  version: '1.0.0',
  shortdesc: 'A sample <of> "quotes" & ampersands',
  longdesc: 'Long.',
  parameters: {
    path: { type: 'string', required: true, unique: true, shortdesc: 'Where' },
    port: { type: 'integer', default: 80, minimum: 1, maximum: 65535, shortdesc: 'Port' },
    is_fast: { type: 'boolean', default: false, reloadable: true, shortdesc: 'Fast' },
    wait: { type: 'duration', default: '2s', shortdesc: 'Wait' },
    mode: { type: 'string', values: ['a', 'b'], shortdesc: 'Mode' },
    password: {
      type: 'string',
      pattern: '^.{4,}$',
      isPrivate: true,
      aliases: ['passwd'],
      shortdesc: 'Secret',
    },
  },
  actions: {
    start: { timeout: '20s', run: () => success },
    stop: {
      timeout: '20s',
      run: () => {
        throw new Error('it broke');
      },
    },
    monitor: {
      timeout: '20s',
      interval: '10s',
      run: ({ parameters, meta, resource }) => {
        const { path, port, is_fast, wait, mode, password } = parameters;
        const said = [path, port + 1, !is_fast, wait * 2, mode ?? '-', password ?? '-'];
        return notRunning([resource, meta['timeout'] ?? '-', ...said].join(' '));
      },
    },
  },
});

void t.test('an action sees its parameters checked, converted and completed', async (t) => {
  const parameters = {
    path: '/x',
    is_fast: 'Yes',
    wait: '1500ms',
    passwd: 'geheim',
    CRM_meta_timeout: '20000',
  };
  const outcome = await sample.perform({ task: 'monitor', resource: 'web', parameters }, world());
  t.same(outcome, { code: 7, reason: 'web 20000 /x 81 false 3000 - geheim', output: '' });
  const plain = await sample.perform(
    { task: 'status', resource: 'web', parameters: { path: '/x', mode: 'b', port: '' } },
    world(),
  );
  t.equal(plain.reason, 'web - /x 81 true 4000 b -', 'empty is absent, and status is monitor');
});

void t.test('what an agent cannot do is a failure with a reason, never a rejection', async (t) => {
  const table = [
    {
      why: 'required',
      task: 'start',
      parameters: {},
      code: OCF.notConfigured,
      reason: /path is required/,
    },
    {
      why: 'range',
      task: 'start',
      parameters: { path: '/x', port: '70000' },
      code: OCF.notConfigured,
      reason: /port=70000: a whole number from 1 to 65535/,
    },
    {
      why: 'unknown action',
      task: 'dance',
      parameters: { path: '/' },
      code: OCF.unimplemented,
      reason: /dance/,
    },
    { why: 'throws', task: 'stop', parameters: { path: '/' }, code: OCF.error, reason: /it broke/ },
    {
      why: 'validate',
      task: 'validate-all',
      parameters: { path: '/' },
      code: OCF.ok,
      reason: /^$/,
    },
    {
      why: 'validate',
      task: 'validate-all',
      parameters: {},
      code: OCF.notConfigured,
      reason: /path/,
    },
    {
      why: 'unknown names do not stop a resource that runs',
      task: 'start',
      parameters: { path: '/', other: '1' },
      code: OCF.ok,
      reason: /^$/,
    },
  ];
  for (const { why, task, parameters, code, reason } of table) {
    const outcome = await sample.perform({ task, resource: 'r', parameters }, world());
    t.equal(outcome.code, code, why);
    t.match(outcome.reason, reason, why);
  }
  t.equal(failed('x').code, OCF.error);
});

void t.test('a wrong parameter is named with what was probably meant', (t) => {
  const table: readonly { given: Record<string, string>; faults: readonly string[] }[] = [
    { given: { path: '/x', port: '8080', CRM_meta_timeout: '1' }, faults: [] },
    {
      given: { path: '/x', prot: '8080' },
      faults: ['there is no parameter prot; did you mean port?'],
    },
    {
      given: { path: '/x', zzzzzzzzzzzz: '1' },
      faults: ['there is no parameter zzzzzzzzzzzz'],
    },
    {
      given: { port: 'many', wait: 'soon', mode: 'c', is_fast: 'perhaps' },
      faults: [
        'the parameter path is required',
        'port=many: a whole number from 1 to 65535 is expected',
        'is_fast=perhaps: true or false is expected',
        'wait=soon: a length of time is expected, as in 20s or 1500ms',
        'mode=c: one of a, b is expected',
      ],
    },
    {
      given: { path: '/x', passwd: 'abc' },
      faults: ['password=******: text like ^.{4,}$ is expected'],
    },
  ];
  for (const { given, faults } of table) {
    t.same(checkParameters(sample, given).map(describeParameterFault), faults);
  }
  t.end();
});

void t.test('metadata says everything the definition says', async (t) => {
  const { output, code } = await sample.perform(
    { task: 'meta-data', resource: '', parameters: {} },
    world(),
  );
  t.equal(code, 0);
  t.match(output, '<resource-agent name="sample" version="1.0.0">\n  <version>1.1</version>');
  t.match(output, 'A sample &lt;of&gt; "quotes" &amp; ampersands');
  t.match(output, '<parameter name="path" required="1" unique="1" unique-group="path">');
  t.match(output, '<parameter name="is_fast" required="0" reloadable="1">');
  t.match(output, '<content type="integer" default="80"/>');
  t.match(output, '<content type="time" default="2s"/>');
  t.match(output, '<option value="b"/>');
  t.match(output, '<action name="monitor" timeout="20s" interval="10s"/>');
  t.match(output, '<action name="validate-all" timeout="5s"/>');
});
