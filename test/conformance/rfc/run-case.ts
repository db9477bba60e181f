import { StreamEnded } from '#test/helpers/byte-queue.ts';
import type { Body, Head } from '#test/helpers/http1-message.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { plain, type ReceivedRequest, type Reply, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually, within } from '#test/helpers/within.ts';
import { type Case, request, type SeenAnswer, type SeenRequest, type Step } from './case.ts';

/** What the caller asks for when a case says that its connection stays open. */
const MORE = '/one-more';

/** Milliseconds for each thing that is waited for; a busy machine is not a failure. */
const PATIENCE = 10_000;

/** Takes a linker through a case with an origin of its own. Gives what was not as it must be, in words. */
export async function runCase(written: Case, ports: Record<'host' | 'path', number>): Promise<readonly string[]> {
  const port = ports[written.router ?? 'host'];
  let asked = 0;
  let one = written;
  const script = async (received: ReceivedRequest, reply: Reply): Promise<void> => {
    if (received.target === MORE) return await reply.send(plain(200, 'one more'));
    const answer = one.answers?.[asked++] ?? plain(200, 'ok');
    const told = typeof answer === 'string' ? { send: [answer] } : answer;
    if (!('early' in told)) await received.body();
    await reply.send(...told.send);
    if ('end' in told && told.end !== undefined) reply[told.end === 'fin' ? 'end' : 'reset']();
  };
  await using origin = await ScriptedOrigin.start(script);
  one = inFull(written, { host: `127.0.0.1:${origin.port}`, linker: `127.0.0.1:${port}` });
  using caller = await RawClient.connect(port);
  const wrong: string[] = [];
  const sent = take(one.sends, caller, origin);
  try {
    await hear(one, caller, origin, sent, wrong);
  } catch (error) {
    wrong.push(`at the caller: ${error instanceof Error ? error.message : error}`);
  }
  await sent.catch((error: Error) => wrong.push(error.message));
  await atOrigin(one, origin, wrong);
  return wrong;
}

/** The case with its places filled. */
function inFull(one: Case, places: Readonly<Record<'host' | 'linker', string>>): Case {
  return JSON.parse(JSON.stringify(one).replace(/\{(host|linker)\}/g, (_, name: 'host' | 'linker') => places[name]));
}

async function take(steps: readonly Step[], caller: RawClient, origin: ScriptedOrigin): Promise<void> {
  for (const step of steps) {
    if (step === 'half-close') caller.halfClose();
    else if (step === 'reset') caller.reset();
    else if (typeof step === 'string') await caller.send(step);
    else if (typeof step === 'number') await caller.send(step);
    else if ('hear' in step) await until(() => caller.heard.includes(step.hear), `the caller hears ${step.hear}`);
    else await until(() => origin.requests.length >= step.arrived, `request ${step.arrived} is at the origin`);
  }
}

const until = (check: () => boolean, what: string): Promise<true> =>
  eventually(() => (check() ? true : undefined), what, PATIENCE);

/** The caller's side: its answers in order, and what becomes of its connection. */
async function hear(
  one: Case,
  caller: RawClient,
  origin: ScriptedOrigin,
  sent: Promise<void>,
  wrong: string[],
): Promise<void> {
  for (const [i, wanted] of one.caller.entries()) {
    const answer = await caller.response(wanted.to, PATIENCE);
    const where = `answer ${i + 1}`;
    differ(wrong, `status of ${where}`, answer.status, wanted.status);
    differ(wrong, `version of ${where}`, answer.version, wanted.version ?? answer.version);
    differ(wrong, `reason of ${where}`, answer.reason, wanted.reason ?? answer.reason);
    const interim = answer.interim.map(({ status }) => status);
    differ(wrong, `1xx before ${where}`, interim.join(), (wanted.interim ?? []).join());
    compare(wrong, where, answer, answer, wanted);
  }
  if (one.after === 'open') {
    await sent;
    await caller.send(request(`GET ${MORE}`).replace('{host}', `127.0.0.1:${origin.port}`));
    const { status, body } = await caller.response('GET', PATIENCE);
    differ(wrong, 'one more answer', `${status} ${body}`, '200 one more');
  } else if (one.after === 'cut') {
    const end = await caller.response(one.caller.at(-1)?.to, PATIENCE).catch((error: unknown) => error);
    if (!(end instanceof StreamEnded)) wrong.push(`the answer was not cut: ${JSON.stringify(end)}`);
  } else if (one.after === 'closed') {
    await within(PATIENCE, caller.closed, () => 'the linker to end the connection');
    differ(wrong, 'bytes behind the last answer', caller.unread, '');
  }
}

/** The origin's side: every byte it got was well-formed, and these were its requests. */
async function atOrigin(one: Case, origin: ScriptedOrigin, wrong: string[]): Promise<void> {
  const all = () => origin.requests.filter(({ target }) => target !== MORE);
  const due = one.origin.filter(({ partial }) => partial !== true);
  const gone = () => origin.connections.every(({ open }) => !open);
  await until(() => all().length >= due.length, `${due.length} requests are at the origin`).catch((error: Error) =>
    wrong.push(error.message),
  );
  if (due.length < one.origin.length)
    await until(gone, 'the connection to the origin is given up').catch((e: Error) => wrong.push(e.message));
  const got = all();
  const lines = got.map(({ method, target, version }) => `${method} ${target} ${version}`);
  if (got.length > one.origin.length) wrong.push(`requests at the origin: ${lines.join(' | ')}`);
  for (const fault of origin.faults) wrong.push(`malformed at the origin: ${fault}`);
  for (const [i, received] of got.slice(0, one.origin.length).entries())
    await request1(wrong, received, lines[i] ?? '', one.origin[i] as SeenRequest);
  if (one.connections !== undefined)
    differ(wrong, 'connections to the origin', origin.connections.length, one.connections);
}

async function request1(wrong: string[], received: ReceivedRequest, line: string, wanted: SeenRequest): Promise<void> {
  differ(wrong, 'request line', line, wanted.line ?? line);
  const body = await within(PATIENCE, received.body(), () => 'the body of a request').catch((error: unknown) => error);
  if (body instanceof Error) {
    if (wanted.partial !== true) wrong.push(`${line}: ${body.message}`);
  } else if (wanted.partial === true) wrong.push(`${line}: came to its end`);
  else compare(wrong, line, received, body as Body, wanted);
}

function compare(wrong: string[], where: string, head: Head, body: Body, wanted: SeenAnswer | SeenRequest): void {
  for (const name of new Set((wanted.has ?? []).map(nameOf))) {
    const of = (lines: readonly string[]) => lines.filter((line) => nameOf(line) === name).map(shown);
    differ(wrong, `fields of ${where}`, of(linesOf(head.headers)), of(wanted.has ?? []));
  }
  const there = (wanted.lacks ?? []).filter((name) => linesOf(head.headers).some((line) => nameOf(line) === name));
  if (there.length > 0) wrong.push(`${where} has ${there.join(', ')}`);
  differ(wrong, `body of ${where}`, body.body.toString('latin1'), wanted.body ?? body.body.toString('latin1'));
  differ(wrong, `framing of ${where}`, body.framing, wanted.framing ?? body.framing);
  if (wanted.trailers !== undefined)
    differ(wrong, `trailers of ${where}`, linesOf(body.trailers).map(shown), wanted.trailers.map(shown));
}

const linesOf = (fields: Head['headers']): readonly string[] => fields.map(([name, value]) => `${name}: ${value}`);
const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase();
/** In the form in which lines are compared: the case of a name does not matter. */
const shown = (line: string): string => nameOf(line) + line.slice(line.indexOf(':'));

function differ(wrong: string[], what: string, is: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)];
  if (a !== b) wrong.push(`${what}: ${a}, must be ${b}`);
}
