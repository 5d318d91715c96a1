/** The life of one process, from start to proven end. */
import {
  failed,
  notRunning,
  OCF,
  type Outcome,
  type ProcessInfo,
  success,
  type World,
} from '@holdfast/agent';
import { fail, ok, type Result } from '@holdfast/base';

export type Service = {
  readonly command: readonly string[];
  /** Empty: there is none. */
  readonly monitorCommand: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly pidFile: string;
  readonly directory: string | undefined;
  readonly user: string | undefined;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
};

/** How long a new process must have lived before a start believes in it. */
const SETTLE_MS = 50;
const SETTLE_STEPS = 5;

/** How often a stop looks whether the process is gone: quickly first, then ever more slowly. */
const POLL_FIRST_MS = 5;
const POLL_MAX_MS = 200;

/** After KILL a process is gone at once, or it hangs in the kernel and nobody can help. */
const KILL_WAIT_MS = 5000;

export async function start(world: World, service: Service): Promise<Outcome> {
  if ((await running(world, service)) !== undefined) return success;
  const owner = await ownerOf(world, service.user);
  if (!owner.ok) return failed(owner.fault, OCF.notInstalled);
  const launched = await world.launch(service.command, {
    env: service.env,
    ...(service.directory === undefined ? {} : { directory: service.directory }),
    ...owner.value,
  });
  const [program = ''] = service.command;
  if (!launched.ok)
    return failed(`${program} could not be started: ${launched.fault}`, OCF.notInstalled);
  const pid = launched.value;
  const born = await world.processes.info(pid);
  if (born === undefined) return failed(`${program} ended at once`);
  await world.files.write(service.pidFile, `${pid} ${born.startTime}\n`);
  for (let step = 0; step < SETTLE_STEPS; step += 1) {
    await world.sleep(SETTLE_MS / SETTLE_STEPS);
    if ((await alive(world, pid, born.startTime)) !== undefined) continue;
    await world.files.remove(service.pidFile);
    return failed(`${program} ended at once`);
  }
  return success;
}

export async function monitor(world: World, service: Service): Promise<Outcome> {
  if ((await running(world, service)) === undefined) return notRunning();
  if (service.monitorCommand.length === 0) return success;
  const answer = await world.run(service.monitorCommand, { env: service.env });
  if (answer.code === 0) return success;
  const said = answer.failure ?? `exit code ${answer.code ?? '?'}`;
  const words = (answer.stderr.trim() || answer.stdout.trim()).split('\n').at(-1) ?? '';
  return failed(
    `the process runs, but monitor_command failed: ${said}${words === '' ? '' : `: ${words}`}`,
  );
}

export async function stop(world: World, service: Service): Promise<Outcome> {
  const found = await running(world, service);
  if (found !== undefined) {
    await world.processes.signal(found.pid, service.stopSignal);
    if (!(await isGone(world, found, service.stopTimeoutMs))) {
      world.log(
        'warning',
        `process ${found.pid} did not end within ${service.stopTimeoutMs} ms: killing it`,
      );
      await world.processes.signal(found.pid, 'SIGKILL');
      if (!(await isGone(world, found, KILL_WAIT_MS))) {
        return failed(`process ${found.pid} was killed and is still there`);
      }
    }
  }
  await world.files.remove(service.pidFile);
  return success;
}

async function isGone(world: World, found: ProcessInfo, withinMs: number): Promise<boolean> {
  const until = world.now() + withinMs;
  let pauseMs = POLL_FIRST_MS;
  for (;;) {
    if ((await alive(world, found.pid, found.startTime)) === undefined) return true;
    if (world.now() >= until) return false;
    await world.sleep(pauseMs);
    pauseMs = Math.min(POLL_MAX_MS, pauseMs * 1.5);
  }
}

/** The process written down, if it is that very one and lives. */
async function running(world: World, { pidFile }: Service): Promise<ProcessInfo | undefined> {
  const text = await world.files.read(pidFile);
  const written = /^(\d{1,10}) (\d+)\s*$/.exec(text ?? '');
  if (written === null) return undefined;
  return alive(world, Number(written[1]), written[2] ?? '');
}

async function alive(
  world: World,
  pid: number,
  startTime: string,
): Promise<ProcessInfo | undefined> {
  const found = await world.processes.info(pid);
  return found === undefined || found.isZombie || found.startTime !== startTime ? undefined : found;
}

/** Numeric ids of a user, from the system's own answer. */
async function ownerOf(
  world: World,
  user: string | undefined,
): Promise<Result<{ readonly uid?: number; readonly gid?: number }, string>> {
  if (user === undefined) return ok({});
  const { code, stdout } = await world.run(['getent', 'passwd', user]);
  const [, , uid, gid] = stdout.trim().split(':');
  if (code !== 0 || uid === undefined || gid === undefined)
    return fail(`there is no user ${user} here`);
  return ok({ uid: Number(uid), gid: Number(gid) });
}
