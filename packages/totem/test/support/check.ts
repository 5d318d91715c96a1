/** What extended virtual synchrony promises (T1.67), checked on what every life has seen. */
import type { Life, World } from './world.ts';

type Stretch = {
  readonly ring: string;
  readonly members: readonly number[];
  readonly messages: readonly string[];
  /** The transitional membership that ended it, and the ring that came next. */
  readonly next: { readonly ring: string; readonly together: readonly number[] } | undefined;
};

/** Everything that is broken, in words; empty where all holds. */
export function violations(w: World): readonly string[] {
  const found: string[] = [];
  const all = w.lives.map((life) => ({ life, stretches: stretchesOf(life) }));
  for (const { life, stretches } of all) found.push(...aloneViolations(w, life, stretches));
  const members = new Map<string, string>();
  for (const { life, stretches } of all) {
    for (const { ring, members: list } of stretches) {
      const known = members.get(ring);
      if (known !== undefined && known !== list.join())
        found.push(`${life.name}: ring ${ring} has ${list.join()}, elsewhere ${known}`);
      members.set(ring, list.join());
    }
  }
  for (let a = 0; a < all.length; a += 1) {
    for (let b = a + 1; b < all.length; b += 1) {
      const left = all[a];
      const right = all[b];
      if (left !== undefined && right !== undefined) found.push(...pairViolations(left, right));
    }
  }
  return found;
}

function stretchesOf(life: Life): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let ring: string | undefined;
  let members: readonly number[] = [];
  let messages: string[] = [];
  let together: readonly number[] = [];
  for (const event of life.events) {
    if (event.kind === 'message') messages.push(`${event.from}:${event.text}`);
    else if (event.kind === 'transitional') together = event.members;
    else {
      if (ring !== undefined)
        stretches.push({ ring, members, messages, next: { ring: event.ring, together } });
      ring = event.ring;
      members = event.members;
      messages = [];
      together = [];
    }
  }
  if (ring !== undefined) stretches.push({ ring, members, messages, next: undefined });
  return stretches;
}

function aloneViolations(w: World, life: Life, stretches: readonly Stretch[]): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  let lastSeq = -1;
  for (const { ring, members, messages } of stretches) {
    const seq = Number(ring.split('.')[1]);
    if (seq <= lastSeq) found.push(`${life.name}: ring sequence ${seq} after ${lastSeq}`);
    lastSeq = seq;
    if (!members.includes(life.id)) found.push(`${life.name}: is not in its own ring ${ring}`);
    for (const message of messages) {
      if (seen.has(message)) found.push(`${life.name}: delivered ${message} twice`);
      if (!w.said.has(message)) found.push(`${life.name}: delivered ${message}, which nobody said`);
      seen.add(message);
    }
  }
  return found;
}

function pairViolations(
  a: { readonly life: Life; readonly stretches: readonly Stretch[] },
  b: { readonly life: Life; readonly stretches: readonly Stretch[] },
): readonly string[] {
  const found: string[] = [];
  for (const left of a.stretches) {
    const right = b.stretches.find(({ ring }) => ring === left.ring);
    if (right === undefined) continue;
    const names = `${a.life.name} and ${b.life.name} in ring ${left.ring}`;
    const common = left.messages.filter((message) => right.messages.includes(message));
    const order = right.messages.filter((message) => left.messages.includes(message));
    if (common.join() !== order.join()) found.push(`${names} differ in order`);
    const went =
      left.next !== undefined &&
      left.next.ring === right.next?.ring &&
      left.next.together.includes(b.life.id);
    if (went && left.messages.join() !== right.messages.join()) {
      found.push(
        `${names} go on together, but delivered ${left.messages.length} and ${right.messages.length} messages`,
      );
    }
  }
  return found;
}

/** After a heal: one ring with everybody. */
export function convergence(w: World): readonly string[] {
  const rings = new Set(
    [...w.alive.values()]
      .map((life) => life.events.filter(({ kind }) => kind === 'regular').at(-1))
      .map((event) => JSON.stringify(event)),
  );
  if (rings.size !== 1) return [`${rings.size} rings after the heal: ${[...rings].join(' ')}`];
  const [only = ''] = rings;
  return w.ids.every((id) => only.includes(`${id}`)) && only.split(',').length >= w.ids.length
    ? []
    : [`not everybody is in ${only}`];
}
