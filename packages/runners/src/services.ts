/** Resources that are the system's own services: systemd units and init scripts. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation, OpResult } from '@holdfast/executor';
import { type Ended, startChild } from './child.ts';
import { baseEnvironment, isFile } from './ocf.ts';
import {
  answered,
  type CodeReader,
  lsbCode,
  lsbStatusCode,
  notInstalled,
  RC,
  resultOf,
} from './results.ts';
import { OVER, type Running, type Tools } from './work.ts';

const SYSTEMCTL = ['/usr/bin/systemctl', '/bin/systemctl'];
const UNIT = /\.(service|socket|mount|timer|path)$/;

/** While a unit is on its way up or down, how often to look again (C3.1.5). */
const PENDING_MS = 500;

const ACTIVE: ReadonlySet<string> = new Set(['active', 'reloading']);
const PENDING: ReadonlySet<string> = new Set(['activating', 'deactivating']);

type Asked = {
  readonly tools: Tools;
  readonly op: Operation;
  readonly mark: string;
  readonly onEnd: (result: OpResult) => void;
};

/** Class `service`: the init script where there is one, else the unit (C3.2.2). */
export function runService(asked: Asked): Running {
  return scriptOf(asked) === undefined ? runSystemd(asked) : runLsb(asked);
}

export function runLsb(asked: Asked): Running {
  const { op, onEnd } = asked;
  const path = scriptOf(asked);
  if (path === undefined) {
    onEnd(
      notInstalled(
        `${op.agent.class}:${op.agent.type} is not installed: there is no such init script`,
      ),
    );
    return OVER;
  }
  const isQuestion = op.task === 'monitor' || op.task === 'status';
  return command(asked, [path, isQuestion ? 'status' : op.task], (ended) => {
    onEnd(resultOf(ended, isQuestion ? lsbStatusCode : lsbCode));
  });
}

function scriptOf({ tools, op }: Asked): string | undefined {
  const { type } = op.agent;
  if (type.startsWith('/')) return isFile(type) ? type : undefined;
  return [join(tools.root, 'etc/init.d', type), join('/etc/init.d', type)].find(isFile);
}

export function runSystemd(asked: Asked): Running {
  const { op, onEnd } = asked;
  const systemctl = SYSTEMCTL.find(isFile);
  const name = `${op.agent.class}:${op.agent.type}`;
  if (systemctl === undefined) {
    onEnd(notInstalled(`${name} is not installed: there is no systemctl on this node`));
    return OVER;
  }
  switch (op.task) {
    case 'start':
    case 'stop':
    case 'monitor':
    case 'status':
      return steps(asked, systemctl);
    default:
      onEnd(answered(RC.unimplemented, 'error', `a systemd unit cannot ${op.task}`));
      return OVER;
  }
}

/** Looks first, then acts: a unit that is not there is stopped, and cannot be started. */
function steps(asked: Asked, systemctl: string): Running {
  const unit = UNIT.test(asked.op.agent.type)
    ? asked.op.agent.type
    : `${asked.op.agent.type}.service`;
  let current: Running = OVER;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const words = [systemctl, 'show', unit, '--property=LoadState', '--property=ActiveState'];
    current = command(asked, words, (ended) => {
      const seen = readUnit(ended);
      if (seen === undefined) asked.onEnd(systemdFailed(ended));
      else if (seen.load !== 'loaded' && seen.load !== 'masked') asked.onEnd(missing(asked, unit));
      else if (isQuestion(asked.op) && PENDING.has(seen.active))
        timer = setTimeout(look, PENDING_MS);
      else if (isQuestion(asked.op)) asked.onEnd(stateOf(ended, seen.active));
      else current = change(asked, systemctl, unit);
    });
  };
  look();
  return {
    kill: () => {
      if (timer !== undefined) {
        clearTimeout(timer);
        timer = undefined;
        asked.onEnd(answered(RC.error, 'error', 'the question was cancelled'));
        return;
      }
      current.kill();
    },
  };
}

function isQuestion({ task }: Operation): boolean {
  return task === 'monitor' || task === 'status';
}

function change(asked: Asked, systemctl: string, unit: string): Running {
  const { op, onEnd } = asked;
  const trouble = leaveRestartsToUs(unit, op.task === 'start');
  if (trouble !== undefined) {
    onEnd(answered(RC.error, 'error', trouble));
    return OVER;
  }
  const quoted = [systemctl, op.task, unit].join(' ');
  return command(
    asked,
    ['/bin/sh', '-c', `${systemctl} daemon-reload && exec ${quoted}`],
    (ended) => {
      const result = resultOf(ended, (code) => (code === 0 ? RC.ok : RC.error));
      const reason = result.rc === RC.ok ? '' : lastLine(ended.stderr);
      onEnd({ ...result, reason: result.reason === '' ? reason : result.reason });
    },
  );
}

/** A unit under the cluster is restarted by nobody but the cluster (C3.1.3). */
function leaveRestartsToUs(unit: string, isStart: boolean): string | undefined {
  const folder = `/run/systemd/system/${unit}.d`;
  const file = join(folder, '50-holdfast.conf');
  try {
    if (!isStart) {
      rmSync(file, { force: true });
      return undefined;
    }
    mkdirSync(folder, { recursive: true });
    const restart = unit.endsWith('.service') ? '\n[Service]\nRestart=no\n' : '';
    writeFileSync(file, `[Unit]\nDescription=Cluster controlled ${unit}\n${restart}`);
    return undefined;
  } catch (cause) {
    return `${file} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

function readUnit({ how, stdout }: Ended): { load: string; active: string } | undefined {
  if (how.kind !== 'exited' || how.code !== 0) return undefined;
  const load = /^LoadState=(.*)$/m.exec(stdout)?.[1];
  const active = /^ActiveState=(.*)$/m.exec(stdout)?.[1];
  return load === undefined || active === undefined ? undefined : { load, active };
}

function stateOf(ended: Ended, active: string): OpResult {
  const isActive = ACTIVE.has(active);
  const read: CodeReader = () => (isActive ? RC.ok : RC.notRunning);
  return { ...resultOf(ended, read), reason: isActive ? '' : active };
}

function missing({ op }: Asked, unit: string): OpResult {
  if (op.task === 'stop') return answered(RC.ok, 'done', '');
  return notInstalled(`systemd has no unit ${unit} on this node`);
}

function systemdFailed(ended: Ended): OpResult {
  const result = resultOf(ended, () => RC.error);
  const reason = result.reason === '' ? lastLine(ended.stderr) : result.reason;
  return { ...result, rc: RC.error, status: 'error', reason };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** C1.3.5: neither parameters nor OCF's variables; only our mark. */
function command(
  { tools, mark }: Asked,
  [path = '', ...args]: readonly string[],
  onEnd: (ended: Ended) => void,
): Running {
  const env = baseEnvironment(tools);
  return startChild({ path, args, env, directory: tools.stateFolder, mark }, onEnd);
}
