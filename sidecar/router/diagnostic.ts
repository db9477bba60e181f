import type { DelegateTree } from '../../core/naming/delegate-tree.ts';
import { showPathTree } from '../../core/naming/dtab.ts';
import type { Activity } from '../../core/reactive/activity.ts';
import type { Caller } from './caller.ts';
import type { Downstream, Exchange } from './exchange.ts';
import type { ResponseHead } from './response-head.ts';
import type { Service } from './service.ts';

/** What a router says of itself and of one of its names. */
export interface Diagnosis {
  readonly router: string;
  /** The way the name takes through the dtab. */
  explain(): Activity<DelegateTree>;
}

/**
 * Diagnostic tracing (Linkerd §4.7): a TRACE that carries `l5d-add-context: true` is answered with a block behind the
 * body that says what this router made of the request; every linker on the way adds its own.
 */
export function diagnostic(diagnosis: Diagnosis, next: Service): Service {
  return {
    send(x) {
      const { request } = x;
      const wanted = request.method === 'TRACE' && request.get('l5d-add-context')?.toLowerCase() === 'true';
      if (!wanted || !/^\d{0,9}$/.test(request.get('max-forwards') ?? '')) return next.send(x);
      let tree: DelegateTree | undefined;
      const observing = diagnosis.explain().states.observe((state) => {
        if (state.kind === 'ok') tree = state.value;
      });
      const caller = x.downstream;
      x.downstream = new Appending(caller, () => block(x, diagnosis.router, tree));
      x.enter({
        head: () => true,
        end() {
          observing.close();
          x.downstream = caller;
          return true;
        },
      });
      next.send(x);
    },
  };
}

/** Passes everything on, and a text behind the body. A body of unknown length is left out over HTTP/1, as in Linkerd. */
class Appending implements Downstream {
  readonly #to: Downstream;
  readonly #text: () => string;
  #behind: Buffer | undefined;
  #discards = false;

  constructor(to: Downstream, text: () => string) {
    this.#to = to;
    this.#text = text;
  }

  get caller(): Caller {
    return this.#to.caller;
  }

  respond(x: Exchange, length: number, body: Buffer | undefined): void {
    if (x.switched || length === -2) return this.#to.respond(x, length, body);
    const text = Buffer.from(this.#text());
    if (length === -1 && x.request.scheme !== '') {
      // A stream of HTTP/2 need not say its length, so there is room behind it.
      this.#behind = text;
      this.#to.respond(x, length, body);
    } else if (length === -1) {
      this.#discards = true;
      const note = 'Diagnostic trace encountered chunked response. Response content discarded.';
      const told = Buffer.concat([Buffer.from(`${x.response?.lines ?? ''}${note}\n`, 'latin1'), text]);
      this.#to.respond(x, told.length, told);
    } else if (length === 0 || body !== undefined) {
      const whole = Buffer.concat([body ?? Buffer.alloc(0), text]);
      this.#to.respond(x, whole.length, whole);
    } else {
      this.#behind = text;
      this.#to.respond(x, length + text.length, undefined);
    }
  }

  inform(head: ResponseHead): void {
    this.#to.inform(head);
  }

  flow(x: Exchange): void {
    this.#to.flow(x);
  }

  write(bytes: Buffer, from: number, to: number): void {
    if (!this.#discards) this.#to.write(bytes, from, to);
  }

  finish(trailers: string): void {
    const behind = this.#behind;
    if (behind !== undefined) this.#to.write(behind, 0, behind.length);
    this.#to.finish(trailers);
  }

  pause(): void {
    this.#to.pause();
  }

  resume(): void {
    this.#to.resume();
  }
}

function block(x: Exchange, router: string, tree: DelegateTree | undefined): string {
  const lines = [`--- Router: ${router} ---`, `request duration: ${Math.round(x.clock.now() - x.startedAt)} ms`];
  lines.push(`service name: ${x.path}`);
  if (x.share !== undefined) {
    lines.push(`client name: ${x.share.client}`);
    lines.push(`addresses: [${x.share.addresses?.().join(', ') ?? ''}]`);
    lines.push(`selected address: ${x.address}`);
  }
  if (tree !== undefined) lines.push('dtab resolution:', ...(way(tree, x.share?.client) ?? []));
  return `\n\n${lines.join('\n')}\n`;
}

/** The steps to the cluster the request went to, or to the first where it went nowhere; undefined where a branch ends before. */
function way(tree: DelegateTree, client: string | undefined): string[] | undefined {
  const shown = tree.path.show;
  const own =
    tree.kind === 'transformation' || tree.dentry === undefined
      ? `  ${shown}`
      : `  ${shown} (${tree.dentry.prefix.show}=>${showPathTree(tree.dentry.dst)})`;
  switch (tree.kind) {
    case 'leaf':
      return client === undefined || tree.bound.id.show === client ? [own] : undefined;
    case 'delegate':
    case 'transformation':
      return below(own, [tree.tree], client);
    case 'alt':
      return below(own, tree.trees, client);
    case 'union':
      return below(
        own,
        tree.trees.map((branch) => branch.tree),
        client,
      );
    default:
      return undefined;
  }
}

function below(own: string, branches: readonly DelegateTree[], client: string | undefined): string[] | undefined {
  for (const branch of branches) {
    const rest = way(branch, client);
    if (rest !== undefined) return [own, ...rest];
  }
  return undefined;
}
