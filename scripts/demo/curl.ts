import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** GET requests, one after the other. */
export interface Ask {
  readonly url: string;
  readonly times?: number;
  readonly proxy?: string;
  /** `name: value`. */
  readonly header?: string | undefined;
  /** PEM files, and the address to connect to in place of the host's. */
  readonly tls?: { readonly ip: string; readonly cacert: string; readonly cert?: string; readonly key?: string };
}

export interface Answers {
  readonly lines: readonly string[];
  /** Why there was no answer; '' if there was. */
  readonly problem: string;
}

export const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Prints a curl command, does what it says, and prints what comes of it. `each` hears of every line at once. */
export async function curl(ask: Ask, each = (): void => {}): Promise<Answers> {
  const words = wordsOf(ask);
  const shown = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  say(`\n$ curl ${shown}${ask.times === undefined ? '' : ' | sort | uniq -c'}`);
  const lines: string[] = [];
  const add = (line: string): void => {
    lines.push(line);
    each();
  };
  const problem = await (hasCurl ? byCurl(words, add) : byNode(ask, add)).catch(String);
  for (const [line, same = []] of Object.entries(Object.groupBy(lines, (line) => line))) {
    say(ask.times === undefined ? line : `${String(same.length).padStart(7)} ${line}`);
  }
  if (problem !== '') say(problem);
  return { lines, problem };
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;

function wordsOf({ url, times, proxy, header, tls }: Ask): string[] {
  const to = tls && `::${tls.ip}:`;
  const options = {
    x: proxy,
    H: header,
    '-connect-to': to,
    '-cacert': tls?.cacert,
    '-cert': tls?.cert,
    '-key': tls?.key,
  };
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`-${name}`, value]));
  // Without -N there would be nothing to hear until the end.
  return ['-sSN', ...given, times === undefined ? url : `${url}?[1-${times}]`];
}

async function byCurl(words: readonly string[], add: (line: string) => void): Promise<string> {
  const child = spawn('curl', words, { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = createInterface(child.stdout).on('line', add);
  const [problem] = await Promise.all([text(child.stderr), once(lines, 'close')]);
  return problem.trim();
}

/** The same where there is no curl. */
async function byNode({ url, times = 1, proxy, header = '', tls }: Ask, add: (line: string) => void): Promise<string> {
  const { host, hostname, port } = new URL(url);
  const [name = '', value = ''] = header.split(': ');
  const headers = { host, ...(header === '' ? {} : { [name]: value }) };
  const [ca, cert, key] = [tls?.cacert, tls?.cert, tls?.key].map((file) => file && readFileSync(file));
  for (let i = 0; i < times; i++) {
    const answer = await new Promise<string>((done, failed) => {
      const sent = tls
        ? encrypted({ host: tls.ip, port, servername: hostname, headers, ca, cert, key })
        : plain(proxy ?? url, { path: url, headers });
      sent.once('response', (response) => text(response).then(done, failed));
      sent.once('error', failed).end();
    });
    for (const line of answer.trimEnd().split('\n')) add(line);
  }
  return '';
}
