import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';
import type { RealOrigin } from './origins.ts';
import type { Variant } from './variants.ts';

let attempts = 0;

/** A number that no other attempt has. */
export const nextId = (): number => ++attempts;

/** What one attempt has to show: what callers were answered, and what the origin saw, must be the same requests. */
export class Ledger {
  readonly id: number;
  readonly #origin: RealOrigin;
  readonly #answered: string[] = [];
  readonly #wrong: string[] = [];

  constructor(id: number, origin: RealOrigin) {
    this.id = id;
    this.#origin = origin;
  }

  /** A caller asked for `target` and got this; a refusal is fine, another's answer is not. */
  answered(target: string, status: number, body: string, method = 'GET'): void {
    if (status !== 200) return;
    if (method !== 'HEAD' && body !== target) this.#wrong.push(`${target} was answered with ${JSON.stringify(body)}`);
    this.#answered.push(target);
  }

  wrong(what: string): void {
    this.#wrong.push(what);
  }

  /** Waits until the origin has seen what was answered; gives what is wrong, in words. */
  async settle(): Promise<readonly string[]> {
    const mine = new RegExp(`-${this.id}(?!\\d)`);
    const seen = () =>
      this.#origin.seen().flatMap((line) => (mine.test(line) ? [line.slice(line.indexOf(' ') + 1)] : []));
    const all = () => (this.#answered.every((target) => seen().includes(target)) ? true : undefined);
    await eventually(all, `the origin has seen ${this.#answered}`).catch((error: Error) => this.wrong(error.message));
    for (const target of seen()) {
      const count = seen().filter((other) => other === target).length;
      const known = this.#answered.includes(target) || /^\/(attack|early)-/.test(target); // the attack may be cut short
      if (!known || count > 1) this.wrong(`the origin saw ${target}, ${count} times`);
    }
    return this.#wrong;
  }
}

/** Tries a variant on a connection, then asks for more on the same one, and as somebody else. */
export async function attempt(variant: Variant, origin: RealOrigin, port: number): Promise<readonly string[]> {
  const ledger = new Ledger(nextId(), origin);
  const host = `127.0.0.1:${origin.port}`;
  const pieces = filled(variant, host, ledger.id);
  using attacker = await RawClient.connect(port);
  const sent = attacker.send(...pieces);
  const target = /\/(attack|early)-\d+/.exec(String(pieces[0]))?.[0] ?? '';
  if (await answer(attacker, ledger, target, variant.method)) {
    await sent;
    await attacker.send(get(`/probe-${ledger.id}`, host));
    await answer(attacker, ledger, `/probe-${ledger.id}`, 'GET');
  }
  using victim = await RawClient.connect(port);
  for (const i of ['a', 'b']) {
    await victim.send(get(`/victim-${ledger.id}${i}`, host));
    const { status, body } = await victim.response();
    if (status !== 200) ledger.wrong(`a victim got ${status}`);
    ledger.answered(`/victim-${ledger.id}${i}`, status, body.toString('latin1'));
  }
  return await ledger.settle();
}

/** Whether an answer came, in order. */
async function answer(client: RawClient, ledger: Ledger, target: string, method: string): Promise<boolean> {
  const response = await client.response(method, 8000).catch((error: Error) => {
    if (!/^stream ended/.test(error.message)) ledger.wrong(`${target}: ${error.message}`);
  });
  if (response === undefined) return false;
  ledger.answered(target, response.status, response.body.toString('latin1'), method);
  return true;
}

const get = (target: string, host: string): string => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

/** `{host}`, `{id}`; `{size}`: hexadecimal, of the request inside; `{rest}`: bytes behind the first head. */
function filled(variant: Variant, host: string, id: number): Variant['bytes'] {
  const places = (text: string): string => text.replaceAll('{host}', host).replaceAll('{id}', String(id));
  const inside = /GET \/smuggled[\s\S]*?\r\n\r\n/;
  const pieces = variant.bytes.map((piece) => (typeof piece === 'string' ? places(piece) : piece));
  const size = inside.exec(pieces.join(''))?.[0].length.toString(16) ?? '';
  const sized = pieces.map((piece) => (typeof piece === 'string' ? piece.replaceAll('{size}', size) : piece));
  const text = sized.filter((piece) => typeof piece === 'string').join('');
  const rest = text.length - text.indexOf('\r\n\r\n') - 4 || 40;
  return sized.map((piece) => (typeof piece === 'string' ? piece.replaceAll('{rest}', String(rest)) : piece));
}
