import { zipSync } from 'fflate';
import { bundlePage } from './page.js';
import { bundleReadme } from './readme-text.js';
import { type Bundle, bundleJsonSchema } from './bundle.schemas.js';
import type { PageProfile } from './page-values.js';

/** The files as one zip: for reading index.html, for programs data.json with its schema. */
export function bundleArchive(bundle: Bundle, profile: PageProfile): Buffer {
  const json = (value: object): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const files = {
    'index.html': Buffer.from(bundlePage(bundle, profile)),
    'data.json': json(bundle),
    'data.schema.json': json(bundleJsonSchema()),
    'README.txt': Buffer.from(bundleReadme(bundle)),
  };
  return Buffer.from(zipSync(files, { mtime: new Date(bundle.madeAt), level: 6 }));
}
