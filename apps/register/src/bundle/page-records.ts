import { type TableAnnotation, toldColumns } from '../personal-data/annotation.js';
import type { Bundle, BundleRow } from './bundle.schemas.js';
import { html, type Html, type Piece } from './html.js';
import type { Values } from './page-values.js';

/** A column of a table on the page. */
export interface PageColumn {
  readonly label: string;
  readonly value: (row: BundleRow) => Piece;
}

/** Columns side by side; the others stand below, smaller, where they hold something. */
const COLUMNS_ABREAST = 4;
/** More rows are only in the machine-readable file: nobody reads them on a page, and a telephone could not show it. */
const MOST_ROWS = 1_000;

export function columnsOf(table: TableAnnotation, values: Values): PageColumn[] {
  return toldColumns(table).map(({ name, told }) => ({ label: told.label[values.language], value: (row) => values.of(told.as, row[name]) }));
}

const isThere = (piece: Piece): boolean => piece !== null && piece !== undefined && piece !== false && piece !== '';

/** Her own row: each value with where it came from. */
export function factsOf(table: TableAnnotation, row: BundleRow, values: Values): Html {
  const sources = (row['provenance'] ?? {}) as Bundle['register']['customer'] & Record<string, { source: string; at: string; citation?: string } | undefined>;
  const facts = toldColumns(table).flatMap(({ name, told }) => {
    const value = values.of(told.as, row[name]);
    if (!isThere(value) || told.as === 'sources') return [];
    const source = told.field === undefined ? undefined : sources[told.field];
    const from = source && [values.words(source.source), ...(source.citation === undefined ? [] : [`”${source.citation}”`])].join(' ');
    return [html`<div><dt>${told.label[values.language]}</dt><dd>${value}</dd>${source && html`<dd class="source">${values.texts.source(from ?? '', values.day(source.at))}</dd>`}</div>\n`];
  });
  return html`<dl class="facts">${facts}</dl>`;
}

export function tableOf(columns: readonly PageColumn[], rows: readonly BundleRow[], values: Values): Html {
  // Columns in which nothing stands at all take no room.
  const used = columns.filter(({ value }) => rows.some((row) => isThere(value(row))));
  const [abreast, below] = [used.slice(0, COLUMNS_ABREAST), used.slice(COLUMNS_ABREAST)];
  const lines = rows.slice(0, MOST_ROWS).map((row) => {
    const more = below.map(({ label, value }) => ({ label, value: value(row) })).filter(({ value }) => isThere(value));
    return html`<tbody><tr>${abreast.map(({ label, value }) => html`<td data-label="${label}">${cell(value(row))}</td>`)}</tr>${more.length > 0 && html`<tr class="more"><td colspan="${abreast.length}"><dl>${more.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></td></tr>`}</tbody>\n`;
  });
  const left = rows.length - lines.length;
  return html`<table><thead><tr>${abreast.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
${lines}</table>${left > 0 && html`<p class="quiet">${values.texts.rest(values.number(left))}</p>`}`;
}

const cell = (value: Piece): Piece => (isThere(value) ? html`<span>${value}</span>` : html`<span class="quiet">–</span>`);

/** A card for each row: what it is in its heading, the rest below, and the text a decision was made on. */
export function cardsOf(table: TableAnnotation, heading: readonly string[], rows: readonly BundleRow[], wordings: Bundle['wordings'], values: Values): Html {
  const told = toldColumns(table);
  const head = heading.flatMap((column) => told.filter((each) => each.column === column));
  const body = told.filter(({ column }) => !heading.includes(column) && !column.startsWith('wording_'));
  const cards = rows.slice(0, MOST_ROWS).map((row) => {
    const facts = body.map(({ name, told: { as, label } }) => ({ label: label[values.language], value: values.of(as, row[name]) })).filter(({ value }) => isThere(value));
    const wording = wordings.find(({ id, version, language }) => id === row['wordingId'] && version === row['wordingVersion'] && language === row['wordingLanguage']);
    return html`<div class="card"><h3>${head.map(({ name, told: { as } }) => (as === 'moment' ? values.of(as, row[name]) : html`<span>${values.of(as, row[name])}</span>`))}</h3>
<dl>${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>${wording && html`
<blockquote lang="${wording.language}">${wording.text}<footer lang="${values.language}">${values.texts.wordingAsShown}: ${wording.id} ${wording.version}, ${values.words(wording.language)}. <code>SHA-256 ${wording.sha256}</code></footer></blockquote>`}</div>\n`;
  });
  const left = rows.length - cards.length;
  return html`${cards}${left > 0 && html`<p class="quiet">${values.texts.rest(values.number(left))}</p>`}`;
}
