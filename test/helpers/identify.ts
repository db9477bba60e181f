import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KindConfig } from '#core/config/kind.ts';
import { h2IdentifierKinds, identifierKinds, identifierList } from '#sidecar/identifiers/kinds.ts';
import { MeshError } from '#sidecar/router/errors.ts';
import type { Identifier } from '#sidecar/router/identifier.ts';
import { RequestHead } from '#sidecar/router/request-head.ts';
import { worldWith } from './observed.ts';

/** `METHOD uri [1.0]`, then `Name: value` lines; a Host line goes where the protocol puts it. */
export function requestHead(text: string): RequestHead {
  const [first = '', ...headers] = text.split('\n');
  const head = new RequestHead();
  const [method = '', uri = '', version] = first.split(' ');
  head.method = method;
  head.uri = uri;
  head.minor = version === '1.0' ? 0 : 1;
  for (const line of headers) {
    if (line.startsWith('Host: ')) head.host = line.slice(6);
    else head.lines += `${line}\r\n`;
  }
  return head;
}

/** What a router with these identifier sections does with a request: the name, the refusal, or the last reason. */
export function identify(
  configs: readonly object[],
  head: RequestHead,
  prefix = '/svc',
  protocol: 'http' | 'h2' = 'http',
): string {
  const { schema } = protocol === 'http' ? identifierKinds : h2IdentifierKinds;
  const parsed = configs.map((config): KindConfig => schema.parse(config));
  const identifiers: readonly Identifier[] = identifierList(protocol, parsed, { prefix, world: worldWith({}) });
  try {
    for (const identifier of identifiers) {
      const name = identifier.identify(head);
      if (name !== undefined) return name;
    }
  } catch (error) {
    assert.ok(error instanceof MeshError);
    return `${error.kind}: ${error.message}`;
  }
  return `declined: ${identifiers.at(-1)?.reason}`;
}

export type IdentifyCase = readonly [title: string, configs: readonly object[], request: string, outcome: string];

/** One test a case; the outcomes are those recorded from Linkerd 1.7.5. */
export function identifyTests(title: string, cases: readonly IdentifyCase[], protocol: 'http' | 'h2' = 'http'): void {
  describe(title, () => {
    for (const [name, configs, request, outcome] of cases) {
      test(name, () => assert.equal(identify(configs, requestHead(request), '/svc', protocol), outcome));
    }
  });
}
