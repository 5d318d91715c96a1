/** `crm fence drill`: proves every way to fence a node, by asking, or in earnest. */
import {
  ask,
  DONE,
  type ExitCode,
  FAILED,
  inform,
  isAgreed,
  refuse,
  report,
  type Shell,
  UNSAFE,
  USAGE,
} from '../shell/shell.ts';
import { nodeOf } from './node-fence.ts';

type Wish = {
  readonly node: string;
  readonly device: string | undefined;
  readonly isReal: boolean;
};

export async function drill(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const wish = readWords(words);
  if (typeof wish === 'string') return refuse(shell, wish, USAGE);
  const known = await nodeOf(shell, wish.node);
  if (!known.ok) return report(shell, known.fault);
  return wish.isReal ? cycle(shell, wish) : askDevices(shell, wish);
}

/** What is wrong with the words, or what they ask for. */
function readWords(words: readonly string[]): Wish | string {
  let node: string | undefined;
  let device: string | undefined;
  let isReal = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--really') isReal = true;
    else if (word === '--device') {
      index += 1;
      device = words[index];
      if (device === undefined) return '--device needs the name of a fence device after it';
    } else if (word.startsWith('-')) {
      return `drill does not know ${word}; it knows --device DEVICE and --really`;
    } else if (node === undefined) node = word;
    else return `drill takes one node, and ${word} is a second one`;
  }
  if (node === undefined) return 'drill needs the name of a node';
  return { node, device, isReal };
}

async function askDevices(shell: Shell, { node, device }: Wish): Promise<ExitCode> {
  const params = { node, really: false, user: shell.options.user };
  const answer = await ask(
    shell,
    'fence.drill',
    device === undefined ? params : { ...params, device },
  );
  if (!answer.ok) return report(shell, answer.fault);
  shell.io.out(`${answer.value.outcome}\n`);
  return DONE;
}

/** Each device once, with the node back in the cluster before the next. */
async function cycle(shell: Shell, { node, device }: Wish): Promise<ExitCode> {
  const question = `A drill in earnest switches ${node} OFF and on again; what runs there is recovered elsewhere. Go on?`;
  if (!(await isAgreed(shell, question))) {
    const text = `${node} was not drilled: --really cuts its power, and is done without a human only with --force`;
    return refuse(shell, text, UNSAFE);
  }
  const devices = device === undefined ? await devicesOf(shell, node) : [device];
  if (typeof devices === 'number') return devices;
  for (const [index, each] of devices.entries()) {
    if (index > 0) {
      const isBack = await waitFor(shell, node);
      if (isBack !== DONE) return isBack;
    }
    const answer = await ask(shell, 'fence.drill', {
      node,
      device: each,
      really: true,
      user: shell.options.user,
    });
    if (!answer.ok) return report(shell, answer.fault);
    shell.io.out(`${node} by ${each}: ${answer.value.outcome}\n`);
  }
  return DONE;
}

async function devicesOf(shell: Shell, node: string): Promise<readonly string[] | ExitCode> {
  const status = await ask(shell, 'fence.status', {});
  if (!status.ok) return report(shell, status.fault);
  const paths = status.value.paths.filter(({ target }) => target === node);
  const devices = [...new Set(paths.map((path) => path.device))];
  return devices.length > 0 ? devices : refuse(shell, `no fence device can fence ${node}`);
}

const LOOKS_MAX = 300;
const LOOK_EVERY_MS = 2000;

/** Until the node is a member again; ten minutes are enough for any machine to boot. */
async function waitFor(shell: Shell, node: string): Promise<ExitCode> {
  inform(shell, `waiting for ${node} to come back before the next device is tried`);
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const status = await ask(shell, 'cluster.status', {});
    if (!status.ok) return report(shell, status.fault);
    if (status.value.ring.members.includes(node)) return DONE;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  refuse(shell, `${node} has not come back; the other devices were not tried`);
  return FAILED;
}
