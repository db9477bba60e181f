import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** A reporter for node:test that says what failed, then which share of each file's lines ran and which did not. */
async function* coverage(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === 'test:fail') yield `failed: ${event.data.name}: ${event.data.details.error.message}\n`;
    if (event.type !== 'test:coverage') continue;
    const { files, totals, workingDirectory } = event.data.summary;
    for (const file of files) {
      const missed = file.lines.filter(({ count }) => count === 0).map(({ line }) => line);
      const percent = file.coveredLinePercent.toFixed(1).padStart(5);
      yield `${percent} %  ${relative(workingDirectory, file.path)}${missed.length > 0 ? `  not: ${missed.join(' ')}` : ''}\n`;
    }
    yield `${totals.coveredLinePercent.toFixed(1).padStart(5)} %  of ${totals.totalLineCount} lines\n`;
  }
}

// node:test takes a reporter by no other name.
export { coverage as default };
