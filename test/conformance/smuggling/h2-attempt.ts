import { data, type Fields, H2Peer, headers } from '#test/helpers/h2-peer.ts';
import { answerOn } from '#test/helpers/h2-server.ts';
import { Ledger, nextId } from './attempt.ts';
import type { H2Variant } from './h2-variants.ts';
import type { RealOrigin } from './origins.ts';

/** As `attempt`, through a server that takes HTTP/2 from linkers and turns it back into HTTP/1.1. */
export async function h2Attempt(variant: H2Variant, origin: RealOrigin, port: number): Promise<readonly string[]> {
  const ledger = new Ledger(nextId(), origin);
  const host = `127.0.0.1:${origin.port}`;
  const places = (text: string): string =>
    text
      .replaceAll('{host}', host)
      .replaceAll('{id}', String(ledger.id))
      .replaceAll('{rest}', String(variant.data.map(filled).join('').length));
  const filled = (text: string): string => text.replaceAll('{host}', host).replaceAll('{id}', String(ledger.id));
  const fields = (of: Fields): Fields => of.map(([name, value]) => [places(name), places(value)]);
  const spelt: Fields = variant.fields.some(([name]) => name === 'heddle-h1') ? [] : [['heddle-h1', '1c']];
  const parts = variant.data.map(places);
  const last = variant.trailers === undefined;

  using attacker = await H2Peer.connect(port, undefined, { rejectUnauthorized: false });
  attacker.send(
    headers(1, fields([...variant.fields, ...spelt]), last && parts.length === 0),
    ...parts.map((part, i) => data(1, part, last && i === parts.length - 1)),
    ...(variant.trailers === undefined ? [] : [headers(1, fields(variant.trailers))]),
  );
  const target = `/attack-${ledger.id}`;
  if (await answer(attacker, 1, ledger, target)) {
    attacker.send(headers(3, request(`/probe-${ledger.id}`, host)));
    await answer(attacker, 3, ledger, `/probe-${ledger.id}`);
  }
  using victim = await H2Peer.connect(port, undefined, { rejectUnauthorized: false });
  for (const [i, stream] of [['a', 1] as const, ['b', 3] as const]) {
    victim.send(headers(stream, request(`/victim-${ledger.id}${i}`, host)));
    if (!(await answer(victim, stream, ledger, `/victim-${ledger.id}${i}`))) ledger.wrong('a victim got no answer');
  }
  return await ledger.settle();
}

const request = (path: string, host: string): Fields => [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', path],
  [':authority', host],
  ['heddle-h1', '1c'],
];

/** Whether the connection is there for more. */
async function answer(peer: H2Peer, stream: number, ledger: Ledger, target: string): Promise<boolean> {
  const got = await answerOn(peer, stream).catch((error: Error) => {
    if (!/^stream ended/.test(error.message)) ledger.wrong(`${target}: ${error.message}`);
  });
  if (got === undefined) return false;
  const status = got.heads.at(-1)?.find(([name]) => name === ':status')?.[1];
  if (got.code === undefined) ledger.answered(target, Number(status), got.body);
  return true;
}
