// Makes captures/ again: every scenario's capture, series and pictures, and the index. The same bytes every time.
// Usage: npm run captures
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeGallery } from '../dist/node/lab-gallery.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../captures');
console.log(`${await writeGallery(folder)} files in captures/`);
