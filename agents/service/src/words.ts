/** Splits a command line into words as a shell would, without being one. */
import { fail, ok, type Result } from '@holdfast/base';

/** One piece of a word: single quotes, double quotes, an escaped character, or plain text. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;

export function splitWords(text: string): Result<readonly string[], string> {
  const words: string[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const { word, end } = wordAt(text, at);
    at = skipBlanks(text, end);
    if (at === end && end < text.length) {
      return fail(`${text.slice(end, end + 20)}: a quote is opened and not closed`);
    }
    words.push(word);
  }
  return ok(words);
}

/** The word that begins at `at`, and where it ends: at a blank, at the end, or where it makes no sense. */
function wordAt(text: string, at: number): { readonly word: string; readonly end: number } {
  let word = '';
  let end = at;
  for (;;) {
    PIECE.lastIndex = end;
    const found = PIECE.exec(text);
    if (found === null) return { word, end };
    word += meaning(found);
    end += found[0].length;
  }
}

function meaning([, single, double, escaped, plain]: RegExpExecArray): string {
  return single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}
