import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { ManualClock } from '../clock.ts';
import type { State } from '../reactive/activity.ts';
import { fileIdentity, type Identity, type IdentityFiles } from './identity.ts';

const ca = makeCa('mesh ca');
const [one, two] = [ca.issue({ cn: 'one' }), ca.issue({ cn: 'two' })];

/** A directory with the files, an observer of the identity in them, and a clock whose turning has them read again. */
function following(t: TestContext, build: (identity: Identity) => unknown = (identity) => identity.own?.leaf.subject) {
  const directory = temporaryDirectory(t);
  const [keyPath, certPath, trust] = ['key.pem', 'cert.pem', 'ca.pem'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const files: IdentityFiles = { own: { keyPath, certPath }, trustPaths: [trust] };
  const write = (contents: { key?: string; cert?: string; ca?: string }): void => {
    if (contents.key !== undefined) writeFileSync(keyPath, contents.key);
    if (contents.cert !== undefined) writeFileSync(certPath, contents.cert);
    if (contents.ca !== undefined) writeFileSync(trust, contents.ca);
    clock.advance(5_000);
  };
  const clock = new ManualClock();
  const log = recordingLog();
  write({ key: one.key, cert: one.chain, ca: ca.cert });
  const seen: State<unknown>[] = [];
  const observe = (): void => {
    const handle = fileIdentity(files, { clock, log }, build).states.observe((state) => seen.push(state));
    t.after(() => handle.close());
  };
  const last = (): unknown => {
    const state = seen.at(-1);
    return state?.kind === 'ok'
      ? state.value
      : state?.kind === 'failed'
        ? state.error.message.replaceAll(`${directory}/`, '')
        : state;
  };
  return { write, observe, last, seen, log, clock, paths: [keyPath, certPath, trust] };
}

describe('an identity', () => {
  test('is a key, its chain and the CAs trusted', (t) => {
    const { observe, last, paths, log } = following(t, (identity) => identity);
    observe();
    const identity = last() as Identity;
    assert.equal(identity.own?.chain, one.chain);
    assert.equal(identity.own?.leaf.subject, 'CN=one');
    assert.match(identity.own?.key ?? '', /^-----BEGIN PRIVATE KEY/);
    assert.equal(identity.trust?.[0], ca.cert);
    assert.deepEqual(log.lines[0], {
      level: 'info',
      event: 'TLS files read',
      fields: { files: paths, validTo: identity.own?.leaf.validToDate.toISOString() },
    });
  });

  test('follows its files', (t) => {
    const { observe, write, last } = following(t);
    observe();
    assert.equal(last(), 'CN=one');
    write({ key: two.key, cert: two.chain });
    assert.equal(last(), 'CN=two');
  });

  const unusable: readonly [
    title: string,
    contents: Parameters<ReturnType<typeof following>['write']>[0],
    message: string,
  ][] = [
    ['a key of another certificate', { key: two.key }, 'the key in key.pem is not that of the certificate in cert.pem'],
    [
      'a certificate of another key',
      { cert: two.chain },
      'the key in key.pem is not that of the certificate in cert.pem',
    ],
    [
      'the issuer before the leaf',
      { cert: ca.cert + one.cert },
      'the key in key.pem is not that of the certificate in cert.pem',
    ],
    ['half a certificate', { cert: one.cert.slice(0, 300) }, 'cert.pem has no PEM certificate'],
    ['an empty key', { key: '' }, 'key.pem has no PEM private key'],
    ['no CA', { ca: 'oops' }, 'ca.pem has no PEM certificate'],
  ];
  for (const [title, contents, message] of unusable) {
    test(`with ${title} is none from the start, and the last good one later`, (t) => {
      const start = following(t);
      start.write(contents);
      start.observe();
      assert.equal(start.last(), message);
      start.write({ key: one.key, cert: one.chain, ca: ca.cert });
      assert.equal(start.last(), 'CN=one');

      const later = following(t);
      later.observe();
      later.write(contents);
      assert.equal(later.last(), 'CN=one');
      assert.equal(later.seen.filter((state) => state.kind === 'failed').length, 0);
      const events = (): string[] => later.log.lines.map((line) => line.event);
      assert.deepEqual(events(), ['TLS files read']);
      later.clock.advance(6_000);
      assert.deepEqual(events(), ['TLS files read', 'new TLS files are unusable, keeping the last good ones']);
    });
  }

  test('that is whole again at the next look is not complained of', (t) => {
    const { observe, write, log, clock } = following(t);
    observe();
    write({ key: two.key });
    write({ cert: two.chain });
    clock.advance(10_000);
    assert.deepEqual(
      log.lines.map((line) => line.level),
      ['info', 'info'],
    );
  });

  test('that what is built of it throws at is not taken', (t) => {
    const { observe, write, last } = following(t, ({ own }) => {
      if (own?.leaf.subject === 'CN=two') throw new Error('key too small');
      return own?.leaf.subject;
    });
    observe();
    write({ key: two.key, cert: two.chain });
    assert.equal(last(), 'CN=one');
  });

  test('is taken, and complained of, when it has expired', (t) => {
    const { observe, write, last, log } = following(t);
    const old = ca.issue({ cn: 'old', days: -2000 });
    write({ key: old.key, cert: old.chain });
    observe();
    assert.equal(last(), 'CN=old');
    assert.deepEqual(
      log.lines.map((line) => line.level),
      ['warn'],
    );
  });

  test('never shows a byte of a key in a log or an error', (t) => {
    const { observe, write, seen, log } = following(t);
    const secrets = [one, two].flatMap(({ key }) =>
      key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-')),
    );
    write({ key: two.key.replace(/\n.{64}\n/, '\n') });
    observe();
    for (const key of [two.key, one.cert, `${two.key.slice(0, 80)}\n`, two.key.replace('PRIVATE', 'SECRET')])
      write({ key });
    write({ key: one.key });
    const said =
      JSON.stringify(log.lines) +
      seen.map((s) => (s.kind === 'failed' ? `${s.error.stack}${String(s.error.cause)}` : '')).join();
    assert.ok(said.includes('cannot be decoded'));
    assert.ok(secrets.length > 3);
    for (const secret of secrets) assert.equal(said.includes(secret.slice(0, 16)), false);
  });

  test('may be trust alone, or nothing at all', (t) => {
    const directory = temporaryDirectory(t);
    const path = join(directory, 'ca.pem');
    writeFileSync(path, ca.cert + makeCa('other').cert);
    const read = (files: IdentityFiles): Identity | undefined => {
      let found: Identity | undefined;
      const world = { clock: new ManualClock(), log: recordingLog() };
      const handle = fileIdentity(files, world, (identity) => identity).states.observe((state) => {
        if (state.kind === 'ok') found = state.value;
      });
      handle.close();
      return found;
    };
    const trusting = read({ trustPaths: [path] });
    assert.equal(trusting?.own, undefined);
    assert.equal(trusting?.trust?.length, 4);
    assert.deepEqual(read({}), { own: undefined, trust: undefined });
  });
});
