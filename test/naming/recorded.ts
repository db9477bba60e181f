import { readFileSync } from 'node:fs';
import type { FakeInstance } from '#test/helpers/fake-consul.ts';

/** What was recorded of a real Linkerd 1.7.5 and its namerd; see `test/data/naming`. */

export interface NamingCase {
  readonly id: string;
  readonly fixture: string;
  /** Why Linkerd's answer is not to be followed. */
  readonly quirk?: string;
  readonly dtab: string;
  readonly path: string;
  readonly local?: string;
  /** Label of the linker's router that was asked; `http` if absent. */
  readonly router?: string;
  /** A bound name whose addresses were asked for. */
  readonly addr?: string;
  readonly expect: Readonly<Record<string, unknown>>;
}

export interface SyntaxCase {
  readonly id: string;
  readonly quirk?: string;
  readonly what: 'dtab' | 'path' | 'json';
  readonly text: string;
  readonly expect: {
    readonly status: number;
    readonly text?: string;
    readonly json?: readonly { readonly prefix: string; readonly dst: string }[];
    readonly shown?: string;
    readonly message?: string;
    readonly put?: { readonly message: string };
  };
}

const data = new URL('../data/naming/', import.meta.url);

export const namingCases = (): readonly NamingCase[] => lines('naming.jsonl');
export const syntaxCases = (): readonly SyntaxCase[] => lines('syntax.jsonl');

/** A fixture: files, objects of backends, and the configurations, whose lines are joined. */
export interface Fixture {
  readonly files?: Readonly<Record<string, readonly string[]>>;
  readonly k8s?: Readonly<Record<string, object>>;
  readonly consul?: { readonly services: Services };
  readonly env?: Readonly<Record<string, string>>;
  readonly linkerd: readonly string[];
}

/** Instances of services of Consul, by datacenter and name. */
export type Services = Readonly<Record<string, Readonly<Record<string, readonly FakeInstance[]>>>>;

export const readFixture = (name: string): Fixture =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, data), 'utf8')) as Fixture;

function lines<T>(file: string): readonly T[] {
  const text = readFileSync(new URL(file, data), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Cases by the first word of their id. */
export function grouped<T extends { readonly id: string }>(cases: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(cases, (c) => c.id.replace(/-\d+$/, ''));
}
