/** A loopback /24 that nobody uses, so that demonstrations do not meet each other or anybody else. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { HOST, type Net, RING_PORT } from './corosync-conf.ts';

const TRIES_MAX = 20;

export async function findNet(): Promise<Net> {
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const prefix = `127.${randomInt(16, 250)}.${randomInt(1, 250)}`;
    const free = await Promise.all(Object.values(HOST).map((host) => isFree(`${prefix}.${host}`)));
    if (free.every(Boolean)) return { prefix };
  }
  throw new Error(
    'no loopback network 127.x.y.0/24 with free UDP ports 5405 was found (this needs Linux, where all of 127.0.0.0/8 is this host)',
  );
}

async function isFree(address: string): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port: RING_PORT, address, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
