/** Scores as the configuration writes them. */
import { parseScore, type Score, ZERO } from '@holdfast/base';

/** A missing or unreadable score counts as 0. */
export function parseScoreText(text: string | undefined): Score {
  const read = parseScore(text ?? '0');
  return read.ok ? read.value : ZERO;
}
