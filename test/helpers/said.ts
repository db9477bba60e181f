import type { TestContext } from 'node:test';

/**
 * What `run`, which must not wait for anything, writes to standard output and standard error of this process. Both are
 * handed back before anyone else can write.
 */
export function said<T>(
  t: TestContext,
  run: () => T,
): { readonly result: T; readonly out: string; readonly err: string } {
  let out = '';
  let err = '';
  const outs = t.mock.method(process.stdout, 'write', (text: string) => {
    out += text;
    return true;
  });
  const errs = t.mock.method(process.stderr, 'write', (text: string) => {
    err += text;
    return true;
  });
  try {
    const result = run();
    return { result, out, err };
  } finally {
    outs.mock.restore();
    errs.mock.restore();
  }
}
