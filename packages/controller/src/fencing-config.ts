/** The fencer's configuration, read from the cluster's: `stonith` resources and the topology. */
import type { NodeName } from '@holdfast/base';
import {
  type Configuration,
  durationProperty,
  everyResource,
  type FencingLevel,
  instanceOf,
  parseBoolean,
  type Primitive,
  unpack,
} from '@holdfast/cib';
import type { FenceDevice, FenceLevel, FencerConfig } from '@holdfast/fencer';

export function readFencerConfig(configuration: Configuration): FencerConfig {
  const devices: FenceDevice[] = [];
  for (const resource of everyResource(configuration.resources)) {
    if (resource.kind === 'primitive' && isDevice(resource)) devices.push(readDevice(resource));
  }
  const names = configuration.nodes.map(({ name }) => name);
  return {
    devices,
    levels: configuration.fencingLevels.flatMap((level) => readLevel(configuration, level, names)),
    timeoutMs: durationProperty(configuration, 'stonith-timeout'),
    isConcurrent: isConcurrent(configuration),
  };
}

/** Only a written "no" makes targets wait for each other: in a lost rack that would cost minutes. */
function isConcurrent({ properties }: Configuration): boolean {
  return parseBoolean(unpack(properties).get('concurrent-fencing')) !== false;
}

/** A device whose target-role is Stopped is not to be used. */
function isDevice({ agent, meta }: Primitive): boolean {
  return agent.class === 'stonith' && unpack(meta).get('target-role') !== 'Stopped';
}

function readDevice(primitive: Primitive): FenceDevice {
  return {
    id: primitive.id,
    agent: primitive.agent.type,
    parameters: Object.fromEntries(instanceOf(primitive)),
    isUnfencing: /\bunfencing\b/.test(unpack(primitive.meta).get('provides') ?? ''),
  };
}

function readLevel(
  configuration: Configuration,
  level: FencingLevel,
  names: readonly NodeName[],
): readonly FenceLevel[] {
  const { index, devices, target } = level;
  const targets = ((): readonly NodeName[] => {
    switch (target.kind) {
      case 'name':
        return [target.name];
      case 'pattern':
        return names.filter((name) => matchesPattern(target.pattern, name));
      case 'attribute':
        return configuration.nodes
          .filter(({ attributes }) => unpack(attributes).get(target.attribute) === target.value)
          .map(({ name }) => name);
    }
  })();
  return targets.map((each) => ({ target: each, index, devices }));
}

function matchesPattern(pattern: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(name);
  } catch {
    return false;
  }
}
