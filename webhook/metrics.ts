import { reasons } from './reasons.ts';
import type { Answer } from './review.ts';

/** Upper bounds of the review times, in milliseconds. */
const boundsMs = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000] as const;

export type Refusal = 'bad-request' | 'too-large' | 'error';

/**
 * What Prometheus reads of the injector. Every label value comes from a closed list of ours, none from a user, so the
 * number of series is bounded.
 */
export class InjectorMetrics {
  readonly #reviews = new Map<string, number>();
  readonly #buckets: number[] = boundsMs.map(() => 0);
  #count = 0;
  #sumMs = 0;
  #patchBytes = 0;
  readonly #gauges = new Map<string, () => number>();

  answered({ why, mode, dryRun, patchBytes }: Answer, ms: number): void {
    const result = reasons[why.code].level === 'done' ? 'injected' : 'skipped';
    this.#add(`result="${result}",reason="${why.code}",mode="${mode}",dry_run="${dryRun}"`);
    this.#patchBytes += patchBytes;
    this.#took(ms);
  }

  refused(reason: Refusal, ms: number): void {
    this.#add(`result="refused",reason="${reason}",mode="none",dry_run="false"`);
    this.#took(ms);
  }

  /** `name` without the prefix; the last function given for a name is the one asked. */
  gauge(name: string, read: () => number): void {
    this.#gauges.set(name, read);
  }

  /** Prometheus text format 0.0.4. */
  text(): string {
    const lines = ['# TYPE heddle_injector_reviews_total counter'];
    for (const [labels, n] of this.#reviews) lines.push(`heddle_injector_reviews_total{${labels}} ${n}`);
    lines.push('# TYPE heddle_injector_review_seconds histogram');
    for (const [i, bound] of boundsMs.entries()) {
      lines.push(`heddle_injector_review_seconds_bucket{le="${bound / 1000}"} ${this.#buckets[i]}`);
    }
    lines.push(
      `heddle_injector_review_seconds_bucket{le="+Inf"} ${this.#count}`,
      `heddle_injector_review_seconds_sum ${this.#sumMs / 1000}`,
      `heddle_injector_review_seconds_count ${this.#count}`,
      '# TYPE heddle_injector_patch_bytes_total counter',
      `heddle_injector_patch_bytes_total ${this.#patchBytes}`,
    );
    for (const [name, read] of this.#gauges) {
      lines.push(`# TYPE heddle_injector_${name} gauge`, `heddle_injector_${name} ${read()}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #add(labels: string): void {
    this.#reviews.set(labels, (this.#reviews.get(labels) ?? 0) + 1);
  }

  #took(ms: number): void {
    this.#count += 1;
    this.#sumMs += ms;
    for (const [i, bound] of boundsMs.entries()) if (ms <= bound) this.#buckets[i] = (this.#buckets[i] ?? 0) + 1;
  }
}
