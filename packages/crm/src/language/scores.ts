/** Scores and roles as operators type them, as the CIB stores them, and as they are shown again. */

/** `inf`, `infinity`, `-inf`, `+inf`, `100`: as stored; undefined where it is no score. */
export function storedScore(word: string): string | undefined {
  const match = /^([+-]?)(inf|infinity|\d{1,9})$/i.exec(word);
  if (match === null) return undefined;
  const [, sign = '', magnitude = ''] = match;
  return /^\d/.test(magnitude) ? word : `${sign}INFINITY`;
}

/** `INFINITY` as `inf`, everything else as it is. */
export function shownScore(score: string): string {
  return score.replace(/INFINITY$/, 'inf');
}

export const ROLES: readonly string[] = [
  'Started',
  'Stopped',
  'Promoted',
  'Unpromoted',
  'Master',
  'Slave',
];

export function isRole(word: string): boolean {
  return ROLES.some((role) => role.toLowerCase() === word.toLowerCase());
}
