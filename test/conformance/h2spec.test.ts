import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { makeCa } from '#test/helpers/certs.ts';
import { Linker } from '#test/helpers/linker.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { Origin } from '#test/integration/h2/fixture.ts';
import { programs } from './programs.ts';

const run = promisify(execFile);

// h2spec takes a server through RFC 9113's predecessor, RFC 7540, and through RFC 7541: one connection a case.

let linker: Linker;
let origin: Origin;
let h2spec: string;

before(async () => {
  ({ h2spec } = await programs());
  origin = await Origin.start((stream) => {
    stream.resume();
    stream.respond({ ':status': 200, 'content-type': 'text/plain' });
    stream.end('an answer of a few bytes');
  });
  const { cert, key } = makeCa('ca').issue({ cn: 'web.test', dns: ['web.test'] });
  linker = await Linker.start({
    ports: 2,
    files: { 'tls/cert.pem': cert, 'tls/key.pem': key },
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: h2
  dtab: /svc => /$/inet/127.1/${origin.port}
  servers:
  - { ip: 127.0.0.1, port: ${ports[0]} }
  - { ip: 127.0.0.1, port: ${ports[1]}, tls: { certPath: ${dir}/tls/cert.pem, keyPath: ${dir}/tls/key.pem } }
`,
  });
});
after(async () => {
  await linker.close();
  await origin.close();
});

for (const [what, port, flags] of [
  ['in the clear', 0, []],
  ['over TLS', 1, ['-t', '-k']],
] as const) {
  test(`h2spec, strict, ${what}: no failure, nothing skipped`, async (t) => {
    const report = join(temporaryDirectory(t), 'report.xml');
    const words = ['-h', '127.0.0.1', '-p', String(linker.ports[port]), '--strict', '-j', report, ...flags];
    const { stdout } = await run(h2spec, words, { timeout: 120_000 }).catch((error) => error as { stdout: string });
    const [, tests, passed, skipped, failed] =
      /(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed/.exec(stdout)?.map(Number) ?? [];
    assert.deepEqual([skipped, failed], [0, 0], failures(report, stdout));
    assert.ok((tests ?? 0) > 140, `${tests} tests`);
    assert.equal(passed, tests);
  });
}

/** What failed, of a report that is long. */
function failures(report: string, otherwise: string): string {
  const failed = readFileSync(report, 'utf8').match(/<testcase [^>]*>\s*<failure>[\s\S]*?<\/failure>/g);
  return failed?.join('\n') ?? otherwise;
}
