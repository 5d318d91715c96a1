export { putObject } from './draft/put.ts';
export { selectObjects, showObjects } from './draft/select.ts';
export { parseObject } from './language/parse.ts';
export type { ParsedObject } from './language/parsed.ts';
export { logicalLines, splitWords } from './language/words.ts';
