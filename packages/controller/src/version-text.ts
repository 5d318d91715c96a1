/** A version as another member wrote it. */
import { parseVersion, type Version } from '@holdfast/cib';

/** Members write only versions; anything else counts as the oldest there is. */
export function readVersionText(text: string): Version {
  const read = parseVersion(text);
  return read.ok ? read.value : { adminEpoch: 0, epoch: 0, numUpdates: 0 };
}
