import { setFlagsFromString } from 'node:v8';

/** Longer patterns are refused. */
const maxLength = 1024;

let prepared = false;

/**
 * The regular expression that has to match a text as a whole, in time linear in it whatever the pattern: anyone who may
 * make an Ingress writes patterns that are run on every request. Undefined for what is no pattern, is too long, or cannot
 * be matched so: look-around, back references, and repetitions of more than a character or a class many times over.
 */
export function linearPattern(text: string): RegExp | undefined {
  prepare();
  if (text.length > maxLength) return undefined;
  for (const each of [text, unrolled(text)]) if (isLinear(each)) return new RegExp(`^(?:${each})$`);
  return undefined;
}

/** An expression that goes back over its text too often is finished by V8's linear engine, where that knows its parts. */
function prepare(): void {
  if (prepared) return;
  prepared = true;
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
  setFlagsFromString('--enable-experimental-regexp-engine');
}

/** Whether V8's linear engine, which the flag `l` asks for, can match it. */
function isLinear(pattern: string): boolean {
  try {
    new RegExp(pattern, 'l').test('');
    return true;
  } catch {
    return false;
  }
}

/** `[a-f]{3,5}` as the engine takes it however large the numbers: `[a-f][a-f][a-f][a-f]?[a-f]?`. */
function unrolled(text: string): string {
  if (/\\[xucpPk\d]/.test(text)) return text; // what stands before the brace might be a part of these
  return text.replace(
    /(\[(?:\\.|[^\]\\])*\]|\\.|[^\\()[\]{}*+?|^$])\{(\d{1,3})(,?)(\d{0,3})\}/g,
    (_, atom: string, least: string, comma: string, most: string) => {
      const optional =
        comma === '' ? '' : most === '' ? `${atom}*` : `${atom}?`.repeat(Math.max(0, Number(most) - Number(least)));
      return atom.repeat(Number(least)) + optional;
    },
  );
}
