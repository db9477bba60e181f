import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { type Closable, nothingToClose } from '../../core/closable.ts';

/** Handshakes under way at once: each costs about 33 KB. */
export const MOST = 256;
/** Milliseconds a handshake may take, and wait for its turn. */
export const PATIENT_MS = 10_000;
/** And where others wait: several round trips around the world. */
export const HURRIED_MS = 1000;
/** Milliseconds between two looks. */
const LOOK_MS = 100;

/** What of a socket says whose it is: its other face, over TLS, has the same. */
export type Ends = Pick<Socket, 'remoteAddress' | 'remotePort'>;

const keyOf = ({ remoteAddress, remotePort }: Ends): string => `${remoteAddress} ${remotePort}`;

/**
 * Lets so many callers of one server begin TLS at a time. Who comes beyond waits, unread and cheap, the last come to be
 * the first: it is early in its patience, and the old are where an attacker's pile up. While somebody waits, handshakes
 * that do not get on are cut short, so stalling as many as there may be delays others by a second.
 */
export class Handshakes implements Closable {
  readonly #clock: Clock;
  readonly #start: (raw: Socket) => void;
  readonly #underWay = new Map<string, { readonly raw: Socket; readonly since: number }>();
  /** The oldest first. */
  readonly #waiting = new Map<Socket, number>();
  #timer: Closable | undefined = undefined;

  /** `start` begins the handshake; `done` is to be called when it has succeeded. */
  constructor(clock: Clock, start: (raw: Socket) => void) {
    this.#clock = clock;
    this.#start = start;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  add(raw: Socket): void {
    if (this.#underWay.size < MOST) this.#begin(raw);
    else this.#waiting.set(raw, this.#clock.now());
    this.#timer ??= this.#clock.after(LOOK_MS, () => this.#look());
  }

  done(socket: Ends): void {
    if (this.#underWay.delete(keyOf(socket))) this.#next();
  }

  close(): void {
    (this.#timer ?? nothingToClose).close();
    this.#timer = undefined;
    for (const raw of this.#waiting.keys()) raw.destroy();
    this.#waiting.clear();
    for (const { raw } of [...this.#underWay.values()]) raw.destroy();
    this.#underWay.clear();
  }

  #begin(raw: Socket): void {
    const key = keyOf(raw);
    const entry = { raw, since: this.#clock.now() };
    this.#underWay.set(key, entry);
    raw.once('close', () => {
      if (this.#underWay.get(key) !== entry) return;
      this.#underWay.delete(key);
      this.#next();
    });
    this.#start(raw);
  }

  #next(): void {
    if (this.#underWay.size >= MOST) return;
    const last = [...this.#waiting.keys()].at(-1);
    if (last === undefined) return;
    this.#waiting.delete(last);
    this.#begin(last);
  }

  #look(): void {
    const now = this.#clock.now();
    for (const [raw, since] of [...this.#waiting]) {
      if (now - since < PATIENT_MS) break;
      this.#waiting.delete(raw);
      raw.destroy();
    }
    let hurried = this.#waiting.size;
    for (const [key, { raw, since }] of [...this.#underWay]) {
      const age = now - since;
      if (age < HURRIED_MS || (age < PATIENT_MS && hurried === 0)) break;
      if (hurried > 0) hurried -= 1;
      this.#underWay.delete(key);
      raw.destroy();
      this.#next();
    }
    const busy = this.#underWay.size + this.#waiting.size > 0;
    this.#timer = busy ? this.#clock.after(LOOK_MS, () => this.#look()) : undefined;
  }
}
