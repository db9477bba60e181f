import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AdminRequest, type AdminResponse, Refusal } from '#core/admin/route.ts';
import { ManualClock } from '#core/clock.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import { CannotDelegate, type Interpreter } from '#core/naming/namer.ts';
import { Activity, settable } from '#core/reactive/activity.ts';
import { type DelegatorDeps, delegatorRoute } from './delegator.ts';

const tableAlone = configuredInterpreter(emptyDtab, [], []);
const explaining = (delegate: Interpreter['delegate']): Interpreter => ({ bind: () => Activity.pending, delegate });

const request = (method: string, search: string, body: string, type?: string): AdminRequest => ({
  method,
  path: '/delegator.json',
  query: new URLSearchParams(search),
  headers: type === undefined ? {} : { 'content-type': type },
  text: async () => body,
});

/** The answer of a linker with the routers `a` and `b`; a refusal is one too. */
async function answer(asked: AdminRequest, deps: Partial<DelegatorDeps> = {}): Promise<AdminResponse> {
  const routers = ['a', 'b'].map((label) => ({ label, interpreter: tableAlone }));
  const route = delegatorRoute({ clock: new ManualClock(), routers, utilities: tableAlone, ...deps });
  try {
    return await route.handle(asked);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.message };
    throw error;
  }
}

interface Question {
  readonly namespace?: string;
  readonly dtab: string;
  readonly path: string;
}

const get = (question: Partial<Question>, deps?: Partial<DelegatorDeps>) =>
  answer(request('GET', new URLSearchParams(question).toString(), ''), deps);
const post = (body: unknown, deps?: Partial<DelegatorDeps>, type = 'application/json') =>
  answer(request('POST', '', typeof body === 'string' ? body : JSON.stringify(body), type), deps);

const piece = fc.constantFrom(
  '/',
  'a',
  'b',
  '=>',
  ' ',
  ';',
  '|',
  '&',
  '0.5*',
  '~',
  '!',
  '$',
  '(',
  ')',
  '*',
  '<',
  '#',
  '\\x',
);
const anyText = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const rule = fc.constantFrom('/a=>/b', '/b=>/c|~', '/a/b=>!', '/c=>0.3*/d&0.7*/e', '/*=>$', '/a=>/a');
const anyTable = fc.array(rule, { maxLength: 4 }).map((rules) => rules.join(';'));
const anyName = fc.oneof(anyText, fc.constantFrom('/', '/a', '/a/b', '/b/x', '/c'));
const anyQuestion = fc.record(
  { namespace: fc.constantFrom('a', 'b', 'c', ''), dtab: fc.oneof(anyText, anyTable), path: anyName },
  { requiredKeys: ['dtab', 'path'] },
);

test('a question is answered the same by GET and by POST, and never by breaking', async () => {
  await fc.assert(
    fc.asyncProperty(anyQuestion, async (question) => {
      const answered = await get(question);
      assert.deepEqual(await post(question), answered);
      assert.ok([200, 400, 500, 501].includes(answered.status), `${answered.status} ${answered.body}`);
    }),
  );
});

test('an answer is JSON about the name that was asked; a refusal has no type, so that no browser takes it for a page', async () => {
  await fc.assert(
    fc.asyncProperty(anyQuestion, async (question) => {
      const { status, type, body } = await get(question);
      if (status === 200) assert.equal(typeof (JSON.parse(body) as { path: unknown }).path, 'string');
      assert.equal(type, status === 200 ? 'application/json' : undefined);
    }),
  );
});

test('a table that cannot be read is told from a name that cannot be read, with the place', async () => {
  assert.deepEqual(await get({ dtab: '/a => ', path: '/a' }), {
    status: 400,
    body: "Invalid dtab: simple expected but end of input found at '/a => []'",
  });
  assert.deepEqual(await get({ dtab: '/a=>/b', path: 'a' }), {
    status: 400,
    body: "Invalid path: '/' expected but 'a' found at '[a]'",
  });
  assert.match((await get({ dtab: 'x', path: 'x' })).body, /^Invalid dtab/, 'the table comes first');
  assert.match((await get({ dtab: '/a=>/b' })).body, /^Invalid path/);
});

test('a table without end is refused at the root and shown below an alternative', async () => {
  assert.deepEqual(await get({ dtab: '/a=>/a', path: '/a' }), { status: 500, body: '' });
  const { status, body } = await get({ dtab: '/a=>/a;/b=>/a|/c', path: '/b' });
  assert.equal(status, 200);
  assert.match(body, /Max recursion level reached/);
});

test('a body that is no question is refused with the body, one of another type unread', async () => {
  for (const body of ['', '[', 'null', '1', '[]', '{}', '{"dtab":""}', '{"path":"/a"}', '{"dtab":1,"path":"/a"}'])
    assert.deepEqual(await post(body), { status: 400, body: `Malformed delegation request: ${body}` });
  const question = { dtab: '', path: '/a' };
  for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])
    assert.equal((await post(question, {}, type)).status, 415, 'a form of a foreign page can send these');
  for (const type of ['application/json', 'Application/JSON ; charset=utf-8'])
    assert.equal((await post(question, {}, type)).status, 200);
});

test('the router that is named answers, the utilities where none is', async () => {
  const saying = (who: string) => explaining(() => Activity.failed(new CannotDelegate(who)));
  const asked: string[] = [];
  const noted = (who: string) =>
    explaining((dtab, path) => {
      asked.push(who);
      return saying(who).delegate(dtab, path);
    });
  const routers = ['a', 'b'].map((label) => ({ label, interpreter: noted(label) }));
  for (const namespace of [{ namespace: 'b' }, { namespace: 'a' }, {}, { namespace: 'c' }])
    await get({ ...namespace, dtab: '', path: '/x' }, { routers, utilities: noted('utilities') });
  assert.deepEqual(asked, ['b', 'a', 'utilities']);
});

test('who cannot explain a name is named; any other failure keeps its words to itself', async () => {
  const failing = (error: Error) => ({
    routers: [{ label: 'a', interpreter: explaining(() => Activity.failed(error)) }],
  });
  const question = { namespace: 'a', dtab: '', path: '/x' };
  const cannot = { status: 501, body: 'Name Interpreter for a cannot show delegations' };
  assert.deepEqual(await get(question, failing(new CannotDelegate('x'))), cannot);
  assert.deepEqual(await get(question, failing(new Error('password'))), { status: 500, body: '' });
  assert.equal((await get({ ...question, namespace: 'nobody' })).status, 501);
});

test('a name is waited for two seconds, and not a moment longer than it takes', async () => {
  const clock = new ManualClock();
  const { activity, set } = settable<never>();
  const deps = { clock, routers: [{ label: 'a', interpreter: explaining(() => activity) }] };
  const question = { namespace: 'a', dtab: '', path: '/x' };
  let done = false;
  const late = get(question, deps).finally(() => {
    done = true;
  });
  clock.advance(1999);
  await new Promise(setImmediate);
  assert.equal(done, false);
  clock.advance(1);
  assert.deepEqual(await late, { status: 503, body: 'Request timed out.' });
  const soon = get(question, deps);
  await new Promise(setImmediate);
  set({ kind: 'failed', error: new Error('gone') });
  assert.equal((await soon).status, 500);
});
