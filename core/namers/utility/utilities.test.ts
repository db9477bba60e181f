import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { path } from '#test/naming/arbitrary.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { rewritten } from '#test/naming/rewritten.ts';
import { Path } from '../../naming/path.ts';
import { utilityNamers } from './utilities.ts';

const namers = utilityNamers(worldWithoutNames);

test('every class of Linkerd that configurations name is there, once', () => {
  const kinds = namers.map((n) => n.prefix.show.slice(1));
  assert.deepEqual(kinds.toSorted(), [
    'fail',
    'fixedinet',
    'inet',
    'io.buoyant.hostportPfx',
    'io.buoyant.http.anyHost',
    'io.buoyant.http.anyHostPfx',
    'io.buoyant.http.anyMethod',
    'io.buoyant.http.anyMethodPfx',
    'io.buoyant.http.domainToPath',
    'io.buoyant.http.domainToPathPfx',
    'io.buoyant.http.status',
    'io.buoyant.http.subdomainOf',
    'io.buoyant.http.subdomainOfPfx',
    'io.buoyant.namer.zk.leader',
    'io.buoyant.porthostPfx',
    'io.buoyant.rinet',
    'nil',
  ]);
});

test('whatever is asked, nothing throws', () => {
  fc.assert(
    fc.property(fc.constantFrom(...namers), path, ({ prefix }, rest) => {
      assert.match(
        rewritten(namers, Path.of('$').concat(prefix).concat(rest)),
        /^(?:\/|bound|neg|empty|fail|pending|Unknown namer)/,
      );
    }),
  );
});

test('a class that is not there fails', () => {
  assert.equal(rewritten(namers, '/$/io.l5d.fs/a'), 'Unknown namer: io.l5d.fs for path: /$/io.l5d.fs/a');
});
