import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/*
 * node scripts/build.ts [folder, else dist]
 *
 * Bundles one file a process, so that a process reads one file when it starts and loads nothing that
 * only another one needs: `linker.cjs <config.yaml>` and `injector.cjs` are `heddle linker` and `heddle injector`,
 * `worker.cjs` is one of a linker's data-path threads, `heddle.cjs` is the whole command. `heddle` starts the right one
 * with the right settings.
 */
const root = join(import.meta.dirname, '..');
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

/** What a module has and CommonJS has not. */
const urlShim = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

async function bundle(file: string, only?: string, entry = 'cli/main.ts'): Promise<void> {
  const outfile = join(dist, file);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    // Not ES modules: of those V8's compile cache has no function that was compiled when it was called.
    format: 'cjs',
    define: { 'import.meta.url': 'importMetaUrl' },
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    logLevel: 'warning',
    banner: { js: only === undefined ? urlShim : `${urlShim} process.argv.splice(2, 0, '${only}');` },
    plugins: [lazyBuiltins, versionAlone, ...(only === undefined ? [] : [oneCommand(only)])],
  });
  const bytes = readFileSync(outfile);
  // One character beyond Latin 1 and V8 keeps the whole source in two bytes a character, and reads it slower.
  if (bytes.some((byte) => byte > 127)) throw new Error(`${file} is not ASCII`);
  process.stdout.write(`${file}: ${Math.round(bytes.length / 1024)} KB\n`);
}

/**
 * Node's modules, loaded when something of them is first used. An `import` of one reads every name it exports, and some
 * of those load much that nobody uses here: `node:http` has WebSocket and with it a whole second HTTP client, 9 MB. And
 * of what a linker imports, a configuration uses a part: without TLS there is no need of `node:tls`, 6 MB and 5 ms.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(hooks) {
    hooks.onResolve({ filter: /^node:/ }, ({ path, kind }) => ({
      path,
      // What CommonJS requires may be a function, not an object of names.
      namespace: kind === 'require-call' ? 'builtin' : 'lazy-builtin',
    }));
    hooks.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
      loader: 'js',
    }));
    hooks.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `const names = ${JSON.stringify(Object.keys(process.getBuiltinModule(path) ?? {}))};
        function load() {
          const all = process.getBuiltinModule('${path}');
          for (const name of names) Object.defineProperty(exports, name, { get: () => all[name] });
          return all;
        }
        for (const name of names)
          Object.defineProperty(exports, name, { get: () => load()[name], enumerable: true, configurable: true });`,
      loader: 'js',
    }));
  },
};

/** Of package.json a bundle needs the version. */
const versionAlone: Plugin = {
  name: 'version-alone',
  setup(hooks) {
    hooks.onLoad({ filter: /package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * The list of commands with one in it, so that the bundle has only what that one uses; and what this one imports when
 * it is called is imported at once, because it will be called. The compile cache keeps little of what is wrapped to run
 * later.
 */
function oneCommand(name: string): Plugin {
  const file = join(root, `cli/commands/${name}.ts`);
  return {
    name: 'one-command',
    setup(hooks) {
      hooks.onLoad({ filter: /cli\/commands\.ts$/ }, () => ({
        contents: `import { ${name} } from './commands/${name}.ts'; export const commands = [${name}];`,
        loader: 'ts',
        resolveDir: join(root, 'cli'),
      }));
      hooks.onLoad({ filter: new RegExp(`cli/commands/${name}\\.ts$`) }, () => {
        const text = readFileSync(file, 'utf8');
        const late = /^ *const (\{.*\}) = await (import)\((.*)\);$/gm;
        const early = [...text.matchAll(late)].map(([, names, word, from]) => `${word} ${names} from ${from};`);
        return { contents: [...early, text.replace(late, '')].join('\n'), loader: 'ts' };
      });
    },
  };
}

rmSync(dist, { recursive: true, force: true });
await bundle('linker.cjs', 'linker');
await bundle('worker.cjs', undefined, 'sidecar/workers/worker.ts');
await bundle('injector.cjs', 'injector');
await bundle('heddle.cjs');
cpSync(join(root, 'scripts/image-entrypoint.sh'), join(dist, 'heddle'));
cpSync(join(root, 'scripts/node-settings.sh'), join(dist, 'node-settings.sh'));
cpSync(join(root, 'manifests/linker'), join(dist, 'linker'), { recursive: true });
