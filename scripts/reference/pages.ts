import type * as z from 'zod';
import { interpreterKinds } from '#core/interpreters/kinds.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import { transformerKinds } from '#core/transformers/kinds.ts';
import { router } from '#sidecar/config/router.ts';
import { linkerConfig } from '#sidecar/config.ts';
import { h2IdentifierKinds, identifierKinds } from '#sidecar/identifiers/kinds.ts';
import { referencePage } from './page.ts';
import { type Option, type Shape, shapeOf } from './schema.ts';

interface Part {
  readonly file: string;
  readonly title: string;
  readonly about: string;
  readonly schema: z.core.$ZodType;
}

const parts: readonly Part[] = [
  {
    file: 'linker.md',
    title: 'The linker’s configuration',
    about: 'The file that `heddle linker` reads: YAML or JSON, that of Linkerd 1.x.',
    schema: linkerConfig,
  },
  {
    file: 'telemeters.md',
    title: 'Telemeters',
    about: 'Entries of `telemetry`. The JSON metrics of the admin port need none.',
    schema: telemeterKinds.schema,
  },
  {
    file: 'namers.md',
    title: 'Namers',
    about: 'Entries of `namers`: where names that begin with `/#` are looked up. The last configured is asked first.',
    schema: namerKinds.schema,
  },
  {
    file: 'interpreters.md',
    title: 'Interpreters',
    about: 'A router’s `interpreter`: who turns names into addresses.',
    schema: interpreterKinds.schema,
  },
  {
    file: 'transformers.md',
    title: 'Transformers',
    about: 'Entries of the `transformers` of a namer or an interpreter: they change the addresses that were found.',
    schema: transformerKinds.schema,
  },
  {
    file: 'identifiers-http.md',
    title: 'Identifiers of http routers',
    about: 'A router’s `identifier`, one or a list: what a request is called. The first that knows a name gives it.',
    schema: identifierKinds.schema,
  },
  {
    file: 'identifiers-h2.md',
    title: 'Identifiers of h2 routers',
    about: 'A router’s `identifier`, one or a list: what a request is called. The first that knows a name gives it.',
    schema: h2IdentifierKinds.schema,
  },
];

/** The pages of `docs/reference`, by file name, made from the schemas that read the configuration. */
export function referencePages(): ReadonlyMap<string, string> {
  const pages = new Map<z.core.$ZodType, string>(parts.map(({ file, schema }) => [schema, file]));
  const routers = shapeOf(router);
  if (routers.type !== 'choice') throw new Error('routers are chosen by their protocol');
  pages.set(routers.schema, 'README.md#routers');
  const made = new Map(
    parts.map(({ file, title, about, schema }) => [file, referencePage(title, about, shapeOf(schema), pages)]),
  );
  const protocols = routers.options.map(routerPage);
  for (const { file, protocol, keys } of protocols) {
    const about = `An entry of \`routers\` with \`protocol: ${protocol}\`.`;
    made.set(file, referencePage(`Routers for ${protocol}`, about, keys, pages));
  }
  made.set('README.md', index(protocols));
  return made;
}

interface RouterPage {
  readonly file: string;
  readonly protocol: string;
  readonly keys: Shape;
}

function routerPage({ values: [protocol = ''], keys }: Option): RouterPage {
  return { file: `router-${protocol}.md`, protocol, keys: { type: 'section', schema: router, keys } };
}

function index(protocols: readonly RouterPage[]): string {
  const listed = parts.map(({ file, title, about }) => `* [${title}](${file}). ${about}`);
  const routers = protocols.map(({ file, protocol }) => `* [\`protocol: ${protocol}\`](${file})`);
  return `# Reference

Every key of every kind, made by \`npm run reference\` from the schemas that read configurations. A key that is not here is
an error that says what is allowed in its place. Every kind also takes \`experimental: true\`; some kinds, as in Linkerd
1.x, work only with it.

${listed.join('\n')}

## Routers

${routers.join('\n')}
`;
}
