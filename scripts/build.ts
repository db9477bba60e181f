import { cpSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/*
 * node scripts/build.ts [folder, else dist]
 *
 * Bundles one file a process, so that a process reads one file when it starts and loads nothing that
 * only another one needs: `linker.mjs <config.yaml>` and `injector.mjs` are `heddle linker` and `heddle injector`,
 * `heddle.mjs` is the whole command.
 */
const root = join(import.meta.dirname, '..');
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

/** Packages written as CommonJS find Node's modules by `require`, which a module has not. */
const requireShim =
  "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);";

async function bundle(file: string, only?: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: join(dist, file),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'linked',
    logLevel: 'warning',
    banner: { js: only === undefined ? requireShim : `${requireShim} process.argv.splice(2, 0, '${only}');` },
    plugins: only === undefined ? [lazyBuiltins] : [lazyBuiltins, oneCommand(only)],
  });
  process.stdout.write(`${file}: ${Math.round(statSync(join(dist, file)).size / 1024)} KB\n`);
}

/**
 * Node's modules taken as objects. An `import` of one reads every name it exports, and some of those load much that
 * nobody uses here: `node:http` has WebSocket and with it a whole second HTTP client, 9 MB.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(hooks) {
    hooks.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    hooks.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
      loader: 'js',
    }));
  },
};

/** The list of commands with one in it, so that the bundle has only what that one uses. */
function oneCommand(name: string): Plugin {
  return {
    name: 'one-command',
    setup(hooks) {
      hooks.onLoad({ filter: /cli\/commands\.ts$/ }, () => ({
        contents: `import { ${name} } from './commands/${name}.ts'; export const commands = [${name}];`,
        loader: 'ts',
        resolveDir: join(root, 'cli'),
      }));
    },
  };
}

rmSync(dist, { recursive: true, force: true });
await bundle('linker.mjs', 'linker');
await bundle('injector.mjs', 'injector');
await bundle('heddle.mjs');
cpSync(join(root, 'manifests/linker'), join(dist, 'linker'), { recursive: true });
