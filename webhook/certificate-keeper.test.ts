import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Material } from './certificate.ts';
import { type CertificatePlace, keepCertificate, privatePlace } from './certificate-keeper.ts';

/** What replicas share, with every call written down. */
class Place implements CertificatePlace {
  held: Material | undefined;
  version = 0;
  readonly calls: string[] = [];
  failing = false;
  /** Someone else stores this just before our next attempt. */
  rival: Material | undefined;

  async load() {
    this.calls.push('load');
    if (this.failing) throw new Error('no API server');
    return { material: this.held, version: String(this.version) };
  }

  async store(material: Material, version: string) {
    if (this.rival !== undefined) this.#put(this.rival);
    this.rival = undefined;
    const won = version === String(this.version);
    this.calls.push(won ? 'store' : 'conflict');
    if (won) this.#put(material);
    return won;
  }

  async trust(ca: string) {
    this.calls.push(ca === this.held?.ca ? 'trust' : 'trust another');
  }

  #put(material: Material): void {
    this.held = material;
    this.version += 1;
  }
}

function keeper(place: CertificatePlace) {
  const clock = new ManualClock();
  const log = recordingLog();
  const used: Material[] = [];
  const handle = keepCertificate({ place, names: ['a.svc'], clock, log, use: (material) => used.push(material) });
  return { clock, log, used, handle };
}

/** Turns the clock again and again, as a round has to be over before its timer can fall due. */
const turnUntil = (clock: ManualClock, ms: number, done: () => boolean, what: string) =>
  eventually(() => {
    clock.advance(ms);
    return done() ? true : undefined;
  }, what);

const usedAtLeast = (used: readonly Material[], n: number) =>
  eventually(() => (used.length >= n ? used : undefined), `${n} certificates`);

test('a certificate is stored and trusted before it is used', async () => {
  const place = new Place();
  const { used, handle } = keeper(place);
  await usedAtLeast(used, 1);
  assert.deepEqual(place.calls, ['load', 'store', 'trust']);
  assert.equal(used[0], place.held);
  handle.close();
});

test('of two replicas that start at once, one takes what the other stored', async () => {
  const other = new Place();
  const first = keeper(other);
  await usedAtLeast(first.used, 1);
  const place = new Place();
  place.rival = other.held;
  const { used, handle } = keeper(place);
  await usedAtLeast(used, 1);
  assert.deepEqual(place.calls, ['load', 'conflict', 'load', 'trust']);
  assert.equal(used[0], other.held);
  for (const each of [handle, first.handle]) each.close();
});

test('trust is looked after twice a minute, the certificate used again only when it is another', async () => {
  const place = new Place();
  const { used, clock, handle } = keeper(place);
  await usedAtLeast(used, 1);
  const trusted = () => place.calls.filter((call) => call === 'trust').length;
  clock.advance(30_000);
  await eventually(() => (trusted() === 2 ? true : undefined), 'a second look');
  assert.equal(used.length, 1);
  await turnUntil(clock, 22 * 24 * 3_600_000, () => used.length > 1, 'a renewal');
  assert.equal(used[0]?.ca, used[1]?.ca);
  handle.close();
});

test('failures are logged and tried again, sooner than usual; after closing nothing more happens', async () => {
  const place = new Place();
  place.failing = true;
  const { used, clock, log, handle } = keeper(place);
  await eventually(() => (log.lines.length > 0 ? true : undefined), 'a complaint');
  assert.deepEqual(log.lines[0]?.fields, { err: 'Error: no API server' });
  place.failing = false;
  await turnUntil(clock, 2_000, () => used.length > 0, 'recovery');
  handle.close();
  const calls = place.calls.length;
  clock.advance(3_600_000);
  await new Promise((later) => setImmediate(later));
  assert.equal(place.calls.length, calls);
});

test('without a cluster the CA is published and the certificate renewed in memory', async () => {
  const published: string[] = [];
  const { used, handle } = keeper(privatePlace((ca) => published.push(ca)));
  await usedAtLeast(used, 1);
  assert.deepEqual(published, [used[0]?.ca]);
  handle.close();
});
