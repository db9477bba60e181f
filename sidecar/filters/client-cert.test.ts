import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { forwardClientCert } from './client-cert.ts';

test('linkerd1: forwardClientCert XFCC: the origin is told the certificate the caller proved itself with, beside what it is told already', () => {
  const { x, caller } = call();
  x.context = 'l5d-reqid: 1\r\n';
  caller.caller = { ...caller.caller, certificate: 'Hash=AA;Subject="CN=x"' };
  forwardClientCert.request?.(x);
  assert.equal(x.context, 'l5d-reqid: 1\r\nx-forwarded-client-cert: Hash=AA;Subject="CN=x"\r\n');
});

test('of a caller without a certificate nothing is said', () => {
  const { x } = call();
  forwardClientCert.request?.(x);
  assert.equal(x.context, '');
});
