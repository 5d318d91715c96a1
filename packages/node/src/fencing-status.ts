/** How well this cluster could fence, for screens: devices, proofs, what failed. Changes nothing. */
import type { NodeName } from '@holdfast/base';
import {
  type Attempts,
  devicesFor,
  type FenceProof,
  heldNames,
  readFencerConfig,
} from '@holdfast/controller';
import { budgetOf, planFor } from '@holdfast/fencer';
import type { NodeMachine } from './machine.ts';

/** One way to fence a node: this device, used from that node; undefined: it was never tried. */
export type FencePathReading = {
  readonly target: NodeName;
  readonly device: string;
  readonly executor: NodeName;
  readonly proof: FenceProof | undefined;
};

export type FenceTargetReading = {
  readonly node: NodeName;
  /** Devices level by level; all of a level must succeed. */
  readonly levels: readonly (readonly string[])[];
  readonly attempts: Attempts | undefined;
  /** It is a member again, and something on its way may still switch it off. */
  readonly isHeld: boolean;
  readonly budgetMs: number;
};

export type FencingReading = {
  readonly targets: readonly FenceTargetReading[];
  readonly paths: readonly FencePathReading[];
};

export function readFencingStatus({ controller }: NodeMachine): FencingReading {
  const config = readFencerConfig(controller.store.configuration);
  const names = [...controller.config.names.values()];
  const { replica } = controller;
  const held = heldNames(controller);
  const targets = names.map((node): FenceTargetReading => {
    const order = { target: node, action: 'off' } as const;
    return {
      node,
      levels: planFor(config, order).map((level) => level.map(({ id }) => id)),
      attempts: replica.attempts.get(node),
      isHeld: held.includes(node),
      budgetMs: budgetOf(config, order),
    };
  });
  const paths = names.flatMap((target) =>
    devicesFor(controller, target).flatMap((device) =>
      names
        .filter((executor) => executor !== target)
        .map((executor): FencePathReading => ({
          target,
          device,
          executor,
          proof: replica.proofs.find(
            (each) =>
              each.target === target && each.device === device && each.executor === executor,
          ),
        })),
    ),
  );
  return { targets, paths };
}
