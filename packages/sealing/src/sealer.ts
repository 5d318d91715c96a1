/** The sending side: one life of this node, numbering and sealing its datagrams. */
import type { KeyObject } from 'node:crypto';
import { assert, type NodeId } from '@holdfast/base';
import { encrypt } from './cipher.ts';
import { filterOf } from './filter.ts';
import {
  additionalData,
  type CipherName,
  FILTERED_BYTES,
  HEADER_BYTES,
  putFilter,
  putHeader,
  TAG_BYTES,
} from './header.ts';
import { datagramKey, generationOf, type MasterKey } from './keys.ts';

export type SealerOptions = {
  readonly self: NodeId;
  /** This life; greater than every earlier one of this node, and on disk before the first datagram. */
  readonly epoch: number;
  readonly cipher: CipherName;
  /** Undefined: datagrams are numbered, and neither encrypted nor authenticated. */
  readonly master: MasterKey | undefined;
};

export type Sealer = {
  /**
   * One datagram; the same bytes may go out on several links, and to all where it is for all. It is
   * written into `room` where that is given and large enough.
   */
  readonly seal: (plain: Uint8Array, to: NodeId | 'all', room?: Buffer) => Buffer;
  /** From the next datagram on. Only a sealing sender has a key to change. */
  readonly useKey: (master: MasterKey) => void;
  /** Datagrams sealed in this life. */
  readonly count: () => number;
};

type Current = { readonly master: MasterKey; readonly generation: number; readonly key: KeyObject };

export function sealer({ self, epoch, cipher, master }: SealerOptions): Sealer {
  let counter = 0;
  let current: Current | undefined;
  const use = (wanted: MasterKey): Current => {
    const generation = generationOf(counter);
    if (current?.master === wanted && current.generation === generation) return current;
    const key = datagramKey(wanted, { cipher, sender: self, epoch, counter });
    current = { master: wanted, generation, key };
    return current;
  };
  let key = master;
  return {
    seal(plain, to, room) {
      counter += 1;
      const header = { keyId: key?.keyId ?? 0, isDirected: to !== 'all', sender: self };
      if (key === undefined) {
        const clear = take(room, HEADER_BYTES + plain.length);
        putHeader(clear, { ...header, cipher: undefined, epoch, counter });
        clear.set(plain, HEADER_BYTES);
        return clear;
      }
      const sealed = take(room, HEADER_BYTES + plain.length + TAG_BYTES);
      putHeader(sealed, { ...header, cipher, epoch, counter });
      putFilter(sealed, filterOf(key.filter, sealed, FILTERED_BYTES));
      const additional = additionalData(sealed, to);
      const made = encrypt({ cipher, key: use(key).key, counter, additional }, plain);
      made.text.copy(sealed, HEADER_BYTES);
      made.tag.copy(sealed, HEADER_BYTES + plain.length);
      return sealed;
    },
    useKey(next) {
      assert(key !== undefined, 'a sender that does not seal has no key to change');
      key = next;
    },
    count: () => counter,
  };
}

function take(room: Buffer | undefined, bytes: number): Buffer {
  return room === undefined || room.length < bytes
    ? Buffer.allocUnsafe(bytes)
    : room.subarray(0, bytes);
}
