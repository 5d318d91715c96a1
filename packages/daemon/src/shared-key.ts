/** The key that all nodes share: where the configuration says it is, if it asks for sealing at all. */
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '@holdfast/base';
import type { CorosyncConf } from '@holdfast/corosync-conf';
import { describeKeyFault, type KeyFault, readKeyFile } from '@holdfast/sealing';
import { EXIT, type StartFault } from './exit.ts';

/** A key written into corosync.conf itself has at least as many letters. */
const INLINE_LETTERS_MIN = 32;

/** The key's bytes; undefined where datagrams stay clear. */
export function readSharedKey(conf: CorosyncConf): Result<Uint8Array | undefined, StartFault> {
  const { sealed, keyFile, key } = conf.totem;
  if (!sealed) return ok(undefined);
  if (keyFile === undefined && key !== undefined) return inline(conf.file, key);
  const read = readKeyFile(keyFile ?? join(dirname(conf.file), 'authkey'));
  if (read.ok) return read;
  const sentence = `${conf.file}: datagrams are to be sealed (secauth or crypto_cipher), and the key is no good: ${describeKeyFault(read.fault)}.`;
  return fail({ code: codeOf(read.fault), sentences: [sentence] });
}

function inline(file: string, key: string): Result<Uint8Array, StartFault> {
  if (key.length >= INLINE_LETTERS_MIN) return ok(Buffer.from(key, 'utf8'));
  const sentence = `${file}: totem.key has ${key.length} letters, and a key has at least ${INLINE_LETTERS_MIN}; better, remove it and make a key file with holdfast keygen.`;
  return fail({ code: EXIT.config, sentences: [sentence] });
}

function codeOf({ kind }: KeyFault): number {
  switch (kind) {
    case 'absent':
      return EXIT.noInput;
    case 'forbidden':
      return EXIT.permission;
    case 'readable-by-others':
    case 'wrong-length':
    case 'exists':
      return EXIT.config;
    case 'disk':
      return EXIT.io;
  }
}
