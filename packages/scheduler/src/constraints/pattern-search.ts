/** Searching a compiled pattern: no step is tried twice at one place of the text. */
import type { Pattern } from './pattern.ts';

type Try = { readonly step: number; readonly at: number; readonly marks: readonly number[] };

/**
 * The whole match and its groups, the leftmost one; a group that took no part is empty. Undefined:
 * there is none.
 */
export function search(pattern: Pattern, text: string): readonly string[] | undefined {
  const seen = new Uint8Array(pattern.program.length * (text.length + 1));
  for (let from = 0; from <= text.length; from += 1) {
    const marks = matchFrom(pattern, text, from, seen);
    if (marks === undefined) continue;
    return Array.from({ length: pattern.groups + 1 }, (_, group) => {
      const [start = -1, end = -1] = [marks[group * 2], marks[group * 2 + 1]];
      return start < 0 || end < start ? '' : text.slice(start, end);
    });
  }
  return undefined;
}

/** `seen` is of the whole search: what failed from an earlier place fails from this one too. */
function matchFrom(
  { program }: Pattern,
  text: string,
  from: number,
  seen: Uint8Array,
): readonly number[] | undefined {
  const tries: Try[] = [{ step: 0, at: from, marks: [from] }];
  for (let next = tries.pop(); next !== undefined; next = tries.pop()) {
    const { step: index, at, marks } = next;
    const place = index * (text.length + 1) + at;
    const step = program[index];
    if (step === undefined || seen[place] === 1) continue;
    seen[place] = 1;
    switch (step.kind) {
      case 'found':
        return withMark(marks, 1, at);
      case 'character':
        if (at < text.length && step.test(text.charCodeAt(at))) {
          tries.push({ step: index + 1, at: at + 1, marks });
        }
        break;
      case 'edge':
        if (at === (step.edge === 'start' ? 0 : text.length)) {
          tries.push({ step: index + 1, at, marks });
        }
        break;
      case 'mark':
        tries.push({ step: index + 1, at, marks: withMark(marks, step.slot, at) });
        break;
      case 'fork':
        tries.push({ step: step.second, at, marks }, { step: step.first, at, marks });
        break;
    }
  }
  return undefined;
}

function withMark(marks: readonly number[], slot: number, at: number): readonly number[] {
  const changed = [...marks];
  while (changed.length < slot) changed.push(-1);
  changed[slot] = at;
  return changed;
}
