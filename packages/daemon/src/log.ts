/** The daemon's log: one JSON object a line in its file, one plain line on a terminal. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Note, Severity } from '@holdfast/base';
import { destination, type Logger, pino } from 'pino';

const PINO_LEVEL: Readonly<Record<Severity, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
};

export type Log = {
  readonly write: (note: Note, data?: Readonly<Record<string, unknown>>) => void;
  readonly close: () => void;
};

/** Opens `path` for appending. `echo` also says everything from `notice` up on stderr. */
export function openLog(path: string, node: string, echo: boolean): Log {
  mkdirSync(dirname(path), { recursive: true });
  const target = destination({ dest: path, sync: true, append: true, mkdir: true });
  const logger: Logger = pino(
    { level: 'debug', base: { node }, timestamp: () => `,"time":${Date.now()}` },
    target,
  );
  return {
    write: (entry, data = {}) => {
      const { severity, event, text } = entry;
      logger[PINO_LEVEL[severity]]({ ...data, severity, event }, text);
      if (echo && severity !== 'debug' && severity !== 'info') {
        process.stderr.write(`${node}: ${severity}: ${text}\n`);
      }
    },
    close: () => {
      target.flushSync();
      target.end();
    },
  };
}
