import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Code, Setting, setting } from './frame.ts';
import { PeerSettings } from './peer-settings.ts';

function apply(settings: PeerSettings, payload: string): number {
  const bytes = Buffer.from(`xx${payload}`, 'latin1');
  return settings.apply(bytes, 2, bytes.length);
}

test('what a peer has not told has the defaults of RFC 9113', () => {
  const { window, connects } = new PeerSettings();
  assert.deepEqual([window, connects], [65_535, false]);
});

test('settings apply in order, the last one counts, unknown ones are read over', () => {
  const settings = new PeerSettings();
  const payload =
    setting(Setting.window, 1) +
    setting(0xf0, 7) +
    setting(Setting.maxStreams, 3) +
    setting(Setting.window, 70_000) +
    setting(Setting.connectProtocol, 1);
  assert.equal(apply(settings, payload), Code.none);
  assert.deepEqual([settings.window, settings.streams, settings.connects], [70_000, 3, true]);
});

test('a header table smaller than the default has to be acknowledged in the next block', () => {
  const settings = new PeerSettings();
  apply(settings, setting(Setting.tableSize, 65_536));
  assert.equal(settings.smallTable, false);
  apply(settings, setting(Setting.tableSize, 4095));
  assert.equal(settings.smallTable, true);
});

describe('refused:', () => {
  const refused: readonly (readonly [what: string, payload: string, code: number])[] = [
    ['a length that is no multiple of six', `${setting(1, 1)}x`, Code.frameSize],
    ['a window above 2^31 - 1', setting(Setting.window, 2 ** 31), Code.flowControl],
    ['frames below 16 KB', setting(Setting.maxFrame, 16_383), Code.protocol],
    ['frames above 16 MB', setting(Setting.maxFrame, 2 ** 24), Code.protocol],
    ['push that is neither 0 nor 1', setting(Setting.push, 2), Code.protocol],
    ['extended CONNECT that is neither 0 nor 1', setting(Setting.connectProtocol, 2), Code.protocol],
  ];
  for (const [what, payload, code] of refused) {
    test(what, () => assert.equal(apply(new PeerSettings(), payload), code));
  }
  test('nothing at the edges', () => {
    for (const payload of [
      '',
      setting(Setting.window, 2 ** 31 - 1),
      setting(Setting.maxFrame, 16_384),
      setting(Setting.maxFrame, 2 ** 24 - 1),
      setting(Setting.push, 1),
      setting(Setting.maxStreams, 2 ** 32 - 1),
    ]) {
      assert.equal(apply(new PeerSettings(), payload), Code.none);
    }
  });
});
