/** What clients ask about fencing: how well it could be done, what a cut would come to, drills. */
import { nodeName } from '@holdfast/base';
import type { Answer } from '@holdfast/controller';
import type { FencingStatus, Methods } from '@holdfast/ipc';
import { type NodeMachine, readFencingStatus } from '@holdfast/node';
import type { World } from './world.ts';

/** In earnest, a drill is a fence that may use only this device; else every device is only asked. */
export function drill(
  world: World,
  { node, device, really }: Methods['fence.drill']['params'],
): Promise<Answer> {
  const target = nodeName(node);
  return really
    ? world.request({ kind: 'fence', node: target, action: 'reboot', device })
    : world.request({ kind: 'drill', node: target, device });
}

export function fencingStatus(node: NodeMachine): FencingStatus {
  const { targets, paths } = readFencingStatus(node);
  return {
    targets: targets.map(({ attempts = null, ...rest }) => ({ ...rest, attempts })),
    paths: paths.map(({ target, device, executor, proof }) => ({
      target,
      device,
      executor,
      goodAtMs: proof?.goodAtMs ?? null,
      last:
        proof === undefined
          ? null
          : {
              kind: proof.kind,
              isGood: proof.isGood,
              words: proof.words,
              tookMs: proof.tookMs,
              atMs: proof.atMs,
            },
    })),
  };
}
