import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';

/** One linker's configuration as it goes into pods, and what the injector must know of it. */
export interface LinkerConfig {
  /** Compact YAML; `{{namespace}}` stands for the pod's namespace. */
  readonly text: string;
  /** Eight hex digits that change with the text. */
  readonly hash: string;
  readonly outgoingPort: number;
  readonly incomingPort: number;
  readonly adminPort: number;
}

/** Annotations of a pod may hold 256 KiB together; leave the most of it to others. */
export const maxLinkerConfigBytes = 32 * 1024;

/** Reads `sidecar.yaml` or `node.yaml`. Throws an Error that names `file` where it cannot be used. */
export function readLinkerConfig(file: string, source: string): LinkerConfig {
  const { text, config } = compact(file, source);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxLinkerConfigBytes) throw new Error(`${file}: ${bytes} bytes, more than ${maxLinkerConfigBytes}`);
  return {
    text,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 8),
    outgoingPort: serverPort(file, config, 'outgoing'),
    incomingPort: serverPort(file, config, 'incoming'),
    adminPort: port(file, 'admin.port', record(config['admin'])?.['port'] ?? 9990),
  };
}

/** The same YAML in fewer bytes: without lines that are comments (in dtabs too), and with the least indentation. */
function compact(
  file: string,
  source: string,
): { readonly text: string; readonly config: Readonly<Record<string, unknown>> } {
  const document = parseDocument(source.replace(/^\s*#.*\n/gm, ''));
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const config = record(document.toJS());
  if (config === undefined) throw new Error(`${file}: not a map`);
  return { text: document.toString({ lineWidth: 0, indentSeq: false, flowCollectionPadding: false }), config };
}

/** The configuration for pods of one namespace. */
export const linkerConfigFor = (config: LinkerConfig, namespace: string): string =>
  config.text.replaceAll('{{namespace}}', () => namespace);

function serverPort(file: string, config: Readonly<Record<string, unknown>>, label: string): number {
  const router = list(config['routers'])
    .map(record)
    .find((r) => r?.['label'] === label);
  if (router === undefined) throw new Error(`${file}: no router has the label ${label}`);
  return port(file, `port of the ${label} router`, record(list(router['servers'])[0])?.['port']);
}

function port(file: string, what: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536) return value;
  throw new Error(`${file}: ${what} is ${JSON.stringify(value)}, not a port number`);
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
