/** `admin_epoch.epoch.num_updates`: which of two CIBs is newer. */
import { fail, ok, type Result } from '@holdfast/base';
import type { Version } from './model.ts';
import type { XmlElement } from './xml.ts';

export type VersionFault = { readonly kind: 'not-a-version'; readonly text: string };

export function parseVersion(text: string): Result<Version, VersionFault> {
  const match = /^(\d{1,10})\.(\d{1,10})(?:\.(\d{1,10}))?$/.exec(text);
  if (match === null) return fail({ kind: 'not-a-version', text });
  return ok({
    adminEpoch: Number(match[1]),
    epoch: Number(match[2]),
    numUpdates: Number(match[3] ?? '0'),
  });
}

export function formatVersion({ adminEpoch, epoch, numUpdates }: Version): string {
  return `${adminEpoch}.${epoch}.${numUpdates}`;
}

/** Below zero: `a` is older. */
export function compareVersions(a: Version, b: Version): number {
  if (a.adminEpoch !== b.adminEpoch) return a.adminEpoch - b.adminEpoch;
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.numUpdates - b.numUpdates;
}

/** The version a `<cib>` element carries; what is missing or no number counts as 0. */
export function readVersion(cib: XmlElement): Version {
  const number = (name: string): number => {
    const value = Number(cib.attributes[name] ?? '0');
    return Number.isSafeInteger(value) && value >= 0 ? value : 0;
  };
  return {
    adminEpoch: number('admin_epoch'),
    epoch: number('epoch'),
    numUpdates: number('num_updates'),
  };
}
