/** Text to lines to words, as a POSIX shell splits them. */
import { fail, ok, type Result } from '@holdfast/base';

/** Longest line accepted, in characters: a whole CIB on one line is a mistake. */
const LINE_MAX = 1024 * 1024;

/** Lines of a script; a backslash at the end of a line joins it to the next. */
export function logicalLines(text: string): readonly string[] {
  return text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
}

/** Splits one line. Quotes keep blanks together; a backslash keeps the next character as it is. */
export function splitWords(line: string): Result<readonly string[], string> {
  if (line.length > LINE_MAX) return fail(`the line is longer than ${LINE_MAX} characters`);
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const word = takeWord(line, at);
    if (!word.ok) return word;
    words.push(word.value.text);
    at = word.value.end;
  }
  return ok(words);
}

function takeWord(
  line: string,
  start: number,
): Result<{ readonly text: string; readonly end: number }, string> {
  let text = '';
  let at = start;
  while (at < line.length && !/\s/.test(line.charAt(at))) {
    const character = line.charAt(at);
    if (character === '"' || character === "'") {
      const quoted = takeQuoted(line, at);
      if (!quoted.ok) return quoted;
      text += quoted.value.text;
      at = quoted.value.end;
    } else if (character === '\\') {
      text += line.charAt(at + 1);
      at += 2;
    } else {
      text += character;
      at += 1;
    }
  }
  return ok({ text, end: at });
}

function takeQuoted(
  line: string,
  start: number,
): Result<{ readonly text: string; readonly end: number }, string> {
  const quote = line.charAt(start);
  let text = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === quote) return ok({ text, end: at + 1 });
    if (quote === '"' && character === '\\' && /["\\]/.test(line.charAt(at + 1))) {
      at += 1;
      text += line.charAt(at);
    } else {
      text += character;
    }
  }
  return fail(`the quote at ${line.slice(start, start + 20)} is not closed`);
}
