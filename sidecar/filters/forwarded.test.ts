import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { forwardedHeader } from '../config/forwarded.ts';
import type { Caller } from '../router/caller.ts';
import { forwarded } from './forwarded.ts';

const v4: Caller = {
  end: { ip: '10.0.0.7', port: 4711 },
  local: { ip: '10.0.0.1', port: 4140 },
  encrypted: false,
  certificate: '',
};

/** A filter of this configuration, as a function from a caller and a Host to the header line. */
function lines(config: unknown, protocol: 'http' | 'h2' = 'http') {
  let n = 0;
  const filter = forwarded(forwardedHeader.parse(config), protocol, 'edge', () => (n++ % 62) / 62);
  return (caller: Caller, host = 'web') => {
    const { x, caller: downstream } = call();
    downstream.caller = caller;
    x.request.lines = 'Forwarded: for=1.2.3.4\r\n';
    x.request.host = host;
    filter.request?.(x);
    const added = x.request.lines.split('\r\n');
    assert.equal(added[0], 'Forwarded: for=1.2.3.4', 'what came stays');
    assert.deepEqual([added.length, added[2]], [3, '']);
    return added[1];
  };
}

const both = (label: unknown) => ({ by: label, for: label });

describe('Forwarded names the two ends', () => {
  test('by address', () => {
    const line = lines(both({ kind: 'ip' }));
    assert.equal(line(v4), 'Forwarded: by=10.0.0.1;for=10.0.0.7;host=web');
    const v6 = { ...v4, end: { ip: 'fd00::7', port: 1 }, local: { ip: '::1', port: 2 } };
    assert.equal(line(v6), 'Forwarded: by="[::1]";for="[fd00::7]";host=web');
  });

  test('by address and port', () => {
    const line = lines(both({ kind: 'ip:port' }));
    assert.equal(line(v4), 'Forwarded: by="10.0.0.1:4140";for="10.0.0.7:4711";host=web');
  });

  test('by the label of the router and by one of its own', () => {
    const line = lines({ by: { kind: 'router' }, for: { kind: 'static', label: 'me & you' } });
    assert.equal(line(v4), 'Forwarded: by=_edge;for=_me & you;host=web');
  });

  test('by new names for each request, the default', () => {
    const line = lines({});
    const seen = [line(v4), line(v4)];
    for (const each of seen) assert.match(each ?? '', /^Forwarded: by=_\w{6};for=_\w{6};host=web$/);
    assert.notEqual(seen[0], seen[1]);
  });

  test('by names that stay with the connection', () => {
    const line = lines(both({ kind: 'connectionRandom' }));
    const other = { ...v4 };
    const first = line(v4);
    assert.match(first ?? '', /by=(_\w{6});for=(?!\1)_\w{6};/);
    assert.notEqual(line(other), first);
    assert.equal(line(v4), first);
  });
});

test('HTTP/2 has the authority and the scheme of the connection', () => {
  const line = lines(both({ kind: 'ip' }), 'h2');
  assert.equal(line(v4), 'Forwarded: by=10.0.0.1;for=10.0.0.7;authority=web;proto=http');
  assert.match(line({ ...v4, encrypted: true }) ?? '', /proto=https$/);
});

test('a Host that could pass for more is quoted', () => {
  const line = lines(both({ kind: 'ip' }));
  assert.match(line(v4, 'web:8080') ?? '', /;host=web:8080$/);
  assert.match(line(v4, 'web;for=1.1.1.1') ?? '', /;host="web;for=1\.1\.1\.1"$/);
  assert.match(line(v4, 'a"b\\c') ?? '', /;host="a\\"b\\\\c"$/);
});

test('a label that is no header text is refused', () => {
  assert.throws(() => forwardedHeader.parse({ by: { kind: 'static', label: 'a\r\nb: c' } }), /printable ASCII/);
  assert.throws(() => forwardedHeader.parse({ by: { kind: 'ipv4' } }), /unknown labeler ipv4/);
});
