import { readFileSync } from 'node:fs';

/** The JSON blocks of docs/audience-language.md, each a filter; unchecked. */
export function languageExamples(): unknown[] {
  return [...readFileSync('docs/audience-language.md', 'utf8').matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block]) => JSON.parse(block ?? '') as unknown);
}
