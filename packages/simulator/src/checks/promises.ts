/** An acknowledged durable change is there in the end, unless a later one took its place. */
import { type Cib, property, unpack } from '@holdfast/cib';
import type { Write } from '../operator.ts';
import { type Stage, violate } from '../stage.ts';

export function checkPromises(stage: Stage, writes: readonly Write[], cib: Cib): void {
  for (const name of new Set(writes.map((write) => write.name))) {
    const own = writes.filter((write) => write.name === name);
    const promised = own.filter(({ outcome }) => outcome === 'durable').at(-1);
    if (promised === undefined) continue;
    const value = valueOf(cib, name);
    const found = own.find((write) => write.value === value);
    if (found !== undefined && mayStand(found, promised)) continue;
    violate(
      stage,
      'acknowledged-lost',
      `${name} = ${promised.value} was acknowledged as durable at ${promised.answeredAt ?? 0} ms; now it is ${value ?? 'not set'}`,
    );
  }
}

/** A write that may have come after the promised one: it was not over when that was asked for. */
function mayStand(found: Write, promised: Write): boolean {
  if (found === promised) return true;
  return found.answeredAt === undefined || found.answeredAt >= promised.askedAt;
}

function valueOf(cib: Cib, name: string): string | undefined {
  const [node = '', attribute] = name.split('/');
  if (attribute === undefined) return property(cib.configuration, name);
  const entry = cib.configuration.nodes.find((each) => each.name === node);
  return entry === undefined ? undefined : unpack(entry.attributes).get(attribute);
}
