import { checkParameters, describeParameterFault } from '@holdfast/agent';
import { agent } from '@holdfast/dummy';
import t from 'tap';

void t.test('the dummy says which parameters it has, and finds misspelt ones', (t) => {
  t.same(Object.keys(agent.parameters), [
    'state',
    'delay',
    'fail_start_on',
    'fail_stop_on',
    'fail_monitor_on',
  ]);
  const faults = checkParameters(agent, { deley: '1', delay: '1' });
  t.same(faults.map(describeParameterFault), ['there is no parameter deley; did you mean delay?']);
  t.match(agent.metadata(), '<action name="reload-agent" timeout="20s"/>');
  t.end();
});
