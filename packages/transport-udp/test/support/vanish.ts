/** Runs in a network namespace of its own: an interface loses its address, its size, and gets them back. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeId } from '@holdfast/base';
import { openUdp } from '@holdfast/transport-udp';

const told: string[] = [];

function ip(words: string): void {
  const done = spawnSync('ip', words.split(' '), { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${words}: ${done.stderr}`);
}

async function until(count: number): Promise<void> {
  for (let tries = 0; tries < 400 && told.length < count; tries += 1) await sleep(5);
}

ip('link set lo up');
ip('link add v0 type veth peer name v1');
ip('addr add 10.9.9.1/24 dev v0');
ip('link set v0 up');
ip('link set v1 up');
const peers = new Map([[nodeId(2), { address: '10.9.9.2', port: 5405 }]]);
const spare = new Map([[nodeId(2), { address: '127.0.0.2', port: 5406 }]]);
const opened = await openUdp({
  links: [
    { link: 0, bind: { address: '10.9.9.1', port: 5405 }, peers },
    { link: 1, bind: { address: '127.0.0.1', port: 5406 }, peers: spare },
  ],
  checkEveryMs: 20,
  events: {
    onDatagram: () => undefined,
    onInterface: (link, payloadBytes) => told.push(`${link}: ${payloadBytes ?? 'gone'}`),
    onTrouble: (what) => told.push(what),
  },
});
if (!opened.ok) throw new Error(opened.fault.kind);
await until(2);
ip('addr del 10.9.9.1/24 dev v0');
await until(3);
opened.value.send(nodeId(2), 0, new Uint8Array(10));
ip('addr add 10.9.9.1/24 dev v0');
await until(4);
ip('link set v0 mtu 1400');
await until(5);
ip('link del v0');
await until(6);
await opened.value.close();
process.stdout.write(JSON.stringify(told));
