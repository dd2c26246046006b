import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const DOCUMENTS = ['.', 'docs', 'docs/adr', 'bench'].flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.md')).map((name) => join(folder, name)));
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;

describe.each(DOCUMENTS)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  it('links to what exists', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
  });

  it('names files that exist', () => {
    const named = [...text.matchAll(/`((?:apps|libs|test|docs|scripts|config|bench|\.ci)\/[\w./*-]+)`/g)].map((match) => match[1] ?? '');
    expect(named.filter((path) => !exists(path.replace(/[.,]$/, '')))).toEqual([]);
  });

  it('names npm commands that exist', () => {
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** The path, or something that fits its stars; what is compiled to dist/ is named by its own path. */
function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(path);
  const pattern = new RegExp(`^${(path.split('/').at(-1) ?? '').replaceAll('.', '\\.').replaceAll('*', '.*')}`);
  return existsSync(dirname(path)) && readdirSync(dirname(path)).some((name) => pattern.test(name));
}
