/** Placeholder shape; see the real one. */
export class Histogram {
  count = 0;
  sum = 0;
  add(value: number): void {
    this.count += 1;
    this.sum += value;
  }
}
