import type { KeyObject, X509Certificate } from 'node:crypto';
import { closeAll, nothingToClose } from '../closable.ts';
import { Activity, ok } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import { trustAnchor } from './anchors.ts';
import { fileContents, readNow } from './files.ts';
import { certificatePem, readCertificates, readPrivateKey } from './pem.ts';

/** Where a process's own key and certificate and the CAs it trusts stand; either half may be absent. */
export interface IdentityFiles {
  readonly own?:
    | { readonly keyPath: string; readonly certPath: string; readonly intermediateCertsPath?: string | undefined }
    | undefined;
  readonly trustPaths?: readonly string[] | undefined;
}

/** Who a process is, and whom it believes. */
export interface Identity {
  /** PEM; the chain begins with the certificate that belongs to the key. */
  readonly own: { readonly key: string; readonly chain: string; readonly leaf: X509Certificate } | undefined;
  /** PEM, as `ca` of a TLS context takes it; undefined leaves trust to the system's CAs. */
  readonly trust: readonly string[] | undefined;
}

/**
 * What `build` makes of the identity in some files, followed as they change. New files that cannot be used (half of a
 * pair, cut short, a key that belongs to another certificate, or something `build` throws at) leave the last good
 * result in place and are logged.
 */
export function fileIdentity<T>(
  files: IdentityFiles,
  world: Pick<World, 'clock' | 'log'>,
  build: (identity: Identity) => T,
): Activity<T> {
  const paths = allPaths(files);
  const read = fileContents(paths, world.clock).map((texts) => {
    const identity = readIdentity(files, paths, texts);
    return { identity, built: build(identity) };
  });
  return logged(read, paths, world).stabilized();
}

/** Why `build` can make nothing of the files as they are now; undefined where it can. Follows nothing. */
export function identityProblem(files: IdentityFiles, build: (identity: Identity) => unknown): string | undefined {
  const paths = allPaths(files);
  try {
    build(readIdentity(files, paths, readNow(paths)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function allPaths({ own, trustPaths = [] }: IdentityFiles): string[] {
  return [...(own ? ownPaths(own) : []), ...trustPaths];
}

function ownPaths(own: NonNullable<IdentityFiles['own']>): string[] {
  return [own.keyPath, own.certPath, ...(own.intermediateCertsPath === undefined ? [] : [own.intermediateCertsPath])];
}

/** Throws, naming the file, unless the texts are a whole and fitting identity. */
function readIdentity(files: IdentityFiles, paths: readonly string[], texts: readonly string[]): Identity {
  const ownCount = files.own === undefined ? 0 : ownPaths(files.own).length;
  const certificates = paths.map((path, i) => (files.own && i === 0 ? [] : readCertificates(texts[i] ?? '', path)));
  const trust = files.trustPaths && certificates.slice(ownCount).flat().flatMap(trustAnchor);
  if (files.own === undefined) return { own: undefined, trust };

  const { keyPath, certPath } = files.own;
  const key = readPrivateKey(texts[0] ?? '', keyPath);
  return { own: ownIdentity(key, certificates.slice(0, ownCount).flat(), keyPath, certPath), trust };
}

/** A key and the chain whose first certificate is its own; throws, naming the sources, where it is not. */
export function ownIdentity(
  key: KeyObject,
  chain: readonly X509Certificate[],
  keySource: string,
  chainSource: string,
): NonNullable<Identity['own']> {
  const leaf = chain[0];
  if (!leaf?.checkPrivateKey(key))
    throw new Error(`the key in ${keySource} is not that of the certificate in ${chainSource}`);
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  return { key: String(pem), chain: chain.map((c) => certificatePem(c.raw)).join(''), leaf };
}

/** Files are replaced one after the other: what is whole again a look later is no news. */
const patienceMs = 6_000;

function logged<T>(
  made: Activity<{ readonly identity: Identity; readonly built: T }>,
  files: readonly string[],
  { clock, log }: Pick<World, 'clock' | 'log'>,
): Activity<T> {
  return Activity.from<T>((set) => {
    let good = false;
    let complaint = nothingToClose;
    const observed = made.states.observe((state) => {
      complaint.close();
      complaint = nothingToClose;
      if (state.kind === 'ok') {
        good = true;
        logValidity(state.value.identity, files, { clock, log });
        set(ok(state.value.built));
      } else {
        set(state);
        if (state.kind !== 'failed') return;
        const fields = { files, reason: state.error.message };
        if (!good) return log.warn(fields, 'TLS files are unusable');
        complaint = clock.after(patienceMs, () => {
          log.warn(fields, 'new TLS files are unusable, keeping the last good ones');
        });
      }
    });
    return closeAll(observed, { close: () => complaint.close() });
  });
}

function logValidity({ own }: Identity, files: readonly string[], { clock, log }: Pick<World, 'clock' | 'log'>): void {
  const validTo = own?.leaf.validToDate;
  const fields = { files, ...(validTo && { validTo: validTo.toISOString() }) };
  if (validTo !== undefined && validTo.getTime() < clock.wall())
    log.warn(fields, 'TLS files read: our certificate has expired');
  else log.info(fields, 'TLS files read');
}
