import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from './pages.ts';

// Writes docs/reference anew.
const directory = join(import.meta.dirname, '../../docs/reference');
mkdirSync(directory, { recursive: true });
const pages = referencePages();
for (const file of readdirSync(directory)) if (!pages.has(file)) rmSync(join(directory, file));
for (const [file, text] of pages) writeFileSync(join(directory, file), text);
