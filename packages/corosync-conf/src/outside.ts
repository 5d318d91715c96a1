/** What a configuration asks of the world around it: names that must resolve, a key that must be there. */
import { addressKind } from './address.ts';
import type { CorosyncConf } from './model.ts';

export type Outside = {
  /** Link addresses given as names, each once, with the line of the first node that has it. */
  readonly names: readonly { readonly name: string; readonly line: number }[];
  /**
   * The key that seals: `inline` where the file holds it, else where to read it (undefined: the
   * default place). Undefined as a whole where nothing is sealed.
   */
  readonly key: { readonly inline: boolean; readonly path: string | undefined } | undefined;
};

/** Whoever is about to start with `conf` looks these up first; a pure reader cannot. */
export function outsideOf(conf: CorosyncConf): Outside {
  const names = new Map<string, number>();
  for (const { addresses, line } of conf.nodes) {
    for (const address of addresses) {
      if (addressKind(address) === 'name' && !names.has(address)) names.set(address, line);
    }
  }
  const { sealed, keyFile, key } = conf.totem;
  return {
    names: [...names].map(([name, line]) => ({ name, line })),
    key: sealed ? { inline: key !== undefined && keyFile === undefined, path: keyFile } : undefined,
  };
}
