import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag, frameHeader, Setting, setting, Type, u32 } from './frame.ts';

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

test('a frame header is nine bytes: length, type, flags, stream (RFC 9113 §4.1)', () => {
  assert.equal(
    hex(frameHeader(0x012345, Type.headers, Flag.endStream | Flag.endHeaders, 0x7abbccdd)),
    '01234501057abbccdd',
  );
  assert.equal(hex(frameHeader(0, Type.settings, Flag.ack, 0)), '000000040100000000');
});

test('numbers are big-endian', () => {
  assert.equal(hex(u32(0xfedcba98)), 'fedcba98');
  assert.equal(hex(u32(0)), '00000000');
  assert.equal(hex(setting(Setting.window, 65_536)), '000400010000');
});
