import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { systemClock } from '../clock.ts';
import { WatchedFiles } from '../files/watched-files.ts';
import type { Name } from '../naming/name.ts';
import { type NameTree, showTree } from '../naming/name-tree.ts';
import { Path } from '../naming/path.ts';
import { Activity, type State } from '../reactive/activity.ts';
import { fsNamer, makeFsNamer } from './fs.ts';

/** A namer over a directory of its own, and the tree of one of its names with its addresses, live. */
function setUp(t: TestContext) {
  const directory = temporaryDirectory(t);
  const files = new WatchedFiles(systemClock);
  const namer = makeFsNamer(Path.of('disk'), directory, files, async (host) => {
    if (host === 'known.example') return ['2001:db8::1', '192.0.2.1', '192.0.2.2'];
    throw new Error('no such host');
  });
  return {
    directory,
    files,
    in: (...names: string[]) => join(directory, ...names),
    follow: (path: string) => new Followed(t, namer.lookup(Path.read(path)).flatMap(withAddresses)),
  };
}

function withAddresses(tree: NameTree<Name>): Activity<string> {
  if (tree.kind !== 'leaf' || tree.value.kind !== 'bound') return Activity.value(showTree(tree, () => '?'));
  const { id, residual, addr } = tree.value;
  return addr.map((a) => {
    const addresses =
      a.kind === 'neg' ? 'neg' : a.addresses.map((each) => `${each.host}:${each.port}*${each.weight}`).join(' ');
    return `${id.show} ${residual.show} <${addresses}>`;
  });
}

class Followed {
  #last: State<string> = { kind: 'pending' };
  #told: () => void = () => {};
  readonly close: () => void;

  constructor(t: TestContext, activity: Activity<string>) {
    const handle = activity.states.observe((state) => {
      this.#last = state;
      this.#told();
    });
    this.close = () => handle.close();
    t.after(this.close);
  }

  get now(): string {
    return this.#last.kind === 'ok'
      ? this.#last.value
      : this.#last.kind === 'failed'
        ? `failed: ${this.#last.error.message}`
        : 'pending';
  }

  /** Waits until this is what it is. */
  async becomes(expected: string): Promise<void> {
    const end = systemClock.now() + 3000;
    while (this.now !== expected && systemClock.now() < end) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
        setTimeout(resolve, 100);
      });
    }
    assert.equal(this.now, expected);
  }
}

test('the first file on the way ends the id, the rest is the residual', async (t) => {
  const { in: at, follow } = setUp(t);
  mkdirSync(at('dir/deep'), { recursive: true });
  writeFileSync(at('dir/deep/er'), '10.0.0.1 80\n');
  await follow('/dir/deep/er').becomes('/#/disk/dir/deep/er / <10.0.0.1:80*1>');
  await follow('/dir/deep/er/a/b').becomes('/#/disk/dir/deep/er /a/b <10.0.0.1:80*1>');
  await follow('/dir/deep').becomes('~');
  await follow('/dir/none').becomes('~');
  await follow('/').becomes('~');
});

test('a file may be written over, replaced by rename, deleted, and made again', async (t) => {
  const { in: at, follow } = setUp(t);
  const web = follow('/web');
  await web.becomes('~');
  writeFileSync(at('web'), '10.0.0.1 80\n');
  await web.becomes('/#/disk/web / <10.0.0.1:80*1>');
  writeFileSync(at('web'), '10.0.0.2 80\n');
  await web.becomes('/#/disk/web / <10.0.0.2:80*1>');
  writeFileSync(at('.new'), '10.0.0.3 80\n');
  renameSync(at('.new'), at('web'));
  await web.becomes('/#/disk/web / <10.0.0.3:80*1>');
  rmSync(at('web'));
  await web.becomes('~');
  writeFileSync(at('web'), '10.0.0.4 80\n');
  await web.becomes('/#/disk/web / <10.0.0.4:80*1>');
});

test('a file that becomes a directory, and a directory made later', async (t) => {
  const { in: at, follow } = setUp(t);
  writeFileSync(at('a'), '10.0.0.1 80');
  const inner = follow('/a/b');
  await inner.becomes('/#/disk/a /b <10.0.0.1:80*1>');
  rmSync(at('a'));
  await inner.becomes('~');
  mkdirSync(at('a'));
  writeFileSync(at('a/b'), '10.0.0.2 80');
  await inner.becomes('/#/disk/a/b / <10.0.0.2:80*1>');
});

test('files of a mounted ConfigMap, which are links into a directory that is swapped', async (t) => {
  const { in: at, follow } = setUp(t);
  for (const [version, host] of [
    ['..v1', '10.0.0.1'],
    ['..v2', '10.0.0.2'],
  ] as const) {
    mkdirSync(at(version));
    writeFileSync(at(version, 'web'), `${host} 80\n`);
  }
  symlinkSync('..v1', at('..data'));
  symlinkSync('..data/web', at('web'));
  const web = follow('/web');
  await web.becomes('/#/disk/web / <10.0.0.1:80*1>');
  symlinkSync('..v2', at('..data_tmp'));
  renameSync(at('..data_tmp'), at('..data'));
  await web.becomes('/#/disk/web / <10.0.0.2:80*1>');
});

test('the whole directory deleted and made again', async (t) => {
  const { directory, in: at, follow } = setUp(t);
  writeFileSync(at('web'), '10.0.0.1 80');
  const web = follow('/web');
  await web.becomes('/#/disk/web / <10.0.0.1:80*1>');
  rmSync(directory, { recursive: true });
  await web.becomes('~');
  mkdirSync(directory);
  writeFileSync(at('web'), '10.0.0.2 80');
  await web.becomes('/#/disk/web / <10.0.0.2:80*1>');
});

test('a bad line fails the address, not the name, until it is mended', async (t) => {
  const { in: at, follow } = setUp(t);
  writeFileSync(at('web'), '10.0.0.1 80\nwhat is this\n');
  const web = follow('/web');
  await web.becomes('failed: malformed address: what is this');
  writeFileSync(at('web'), '10.0.0.1 80\n');
  await web.becomes('/#/disk/web / <10.0.0.1:80*1>');
});

test('a file of more than 500 KB is refused', async (t) => {
  const { in: at, follow } = setUp(t);
  writeFileSync(at('web'), '');
  truncateSync(at('web'), 512_001);
  await follow('/web').becomes(`failed: file ${at('web')} is 512001.bytes`);
});

test('names are bytes, and none leads out of the directory', async (t) => {
  const { in: at, follow, directory } = setUp(t);
  mkdirSync(at('root'));
  writeFileSync(at('secret'), '10.0.0.1 80');
  writeFileSync(at('root', 'sp ace'), '10.0.0.2 80');
  const namer = makeFsNamer(Path.of('d'), join(directory, 'root'), new WatchedFiles(systemClock));
  const from = (path: string): Followed => new Followed(t, namer.lookup(Path.read(path)).flatMap(withAddresses));
  await from('/sp\\x20ace').becomes('/#/d/\\x73\\x70\\x20\\x61\\x63\\x65 / <10.0.0.2:80*1>');
  for (const path of ['/../secret', '/./..', '/\\x2e\\x2e\\x2fsecret', '/..\\x00']) await from(path).becomes('~');
  await follow('/secret').becomes('/#/disk/secret / <10.0.0.1:80*1>');
});

test('watches run while someone observes, one a directory', async (t) => {
  const { files, in: at, follow } = setUp(t);
  mkdirSync(at('sub'));
  writeFileSync(at('sub/web'), '10.0.0.1 80');
  const followed = [follow('/sub/web'), follow('/sub/web/x'), follow('/other')];
  await followed[0]?.becomes('/#/disk/sub/web / <10.0.0.1:80*1>');
  assert.equal(files.watching, 2);
  for (const each of followed) each.close();
  assert.equal(files.watching, 0);
});

test('configured, it has the prefix of its kind unless another is given, and a directory that exists', (t) => {
  const rootDir = temporaryDirectory(t);
  const make = (config: object) =>
    fsNamer.make(fsNamer.schema.parse({ kind: 'io.l5d.fs', rootDir, ...config }), worldWithoutNames);
  assert.equal(make({}).prefix.show, '/io.l5d.fs');
  assert.equal(make({ prefix: '/disk/a' }).prefix.show, '/disk/a');
  assert.throws(() => make({ rootDir: join(rootDir, 'none') }), /is not a directory/);
  assert.throws(() => make({ rootdir: '.' }), /rootdir/);
});

test('the namer lists the files there are, as they come and go', async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'folder'));
  writeFileSync(join(directory, 'web'), '127.0.0.1 1\n');
  const { names = Activity.pending } = makeFsNamer(Path.of('disk'), directory, new WatchedFiles(systemClock));
  const listed = new Followed(
    t,
    names.map((all) => [...all].sort().join(' ')),
  );
  await listed.becomes('/#/disk/web');
  writeFileSync(join(directory, 'api'), '127.0.0.1 2\n');
  await listed.becomes('/#/disk/api /#/disk/web');
});
