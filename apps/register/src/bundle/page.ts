import { CATEGORIES, type Localised, type TableAnnotation } from '../personal-data/annotation.js';
import { PERSONAL_DATA, PERSONAL_TABLES } from '../personal-data/tables.js';
import type { Bundle, BundleRow } from './bundle.schemas.js';
import { html, Html } from './html.js';
import { MARKETING_TEXTS, marketingOf } from './page-marketing.js';
import { cardsOf, columnsOf, factsOf, tableOf } from './page-records.js';
import { PAGE_STYLE } from './page-style.js';
import { PAGE_TEXTS } from './page-texts.js';
import { type PageLanguage, type PageProfile, Values } from './page-values.js';

const LANGUAGES: readonly PageLanguage[] = ['fi', 'sv', 'en'];

interface Section {
  readonly id: string;
  readonly title: string;
  readonly about: string | undefined;
  readonly count: number | undefined;
  readonly content: Html;
}

/** The page a person reads: the same three times over, in each language. It shows hers first; choosing another needs no script. */
export function bundlePage(bundle: Bundle, profile: PageProfile): string {
  const hers = LANGUAGES.find((language) => language === bundle.register.customer['language']) ?? 'fi';
  return html`<!doctype html>
<html lang="${hers}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><meta name="format-detection" content="telephone=no">
<title>${bundle.controller.name}: ${PAGE_TEXTS[hers].title}</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
${LANGUAGES.map((language) => html`<input class="choice" type="radio" name="language" id="show-${language}"${language === hers && new Html(' checked')}>`)}
<nav class="switch" aria-label="Kieli · Språk · Language">${LANGUAGES.map((language) => html`<label for="show-${language}" lang="${language}">${PAGE_TEXTS[language].languageName}</label>`)}</nav>
${LANGUAGES.map((language) => articleOf(bundle, new Values(language, profile)))}
</body>
</html>
`.text;
}

function articleOf(bundle: Bundle, values: Values): Html {
  const { texts, language } = values;
  const { customer } = bundle.register;
  const name = [customer['firstName'], customer['lastName']].filter((part) => typeof part === 'string').join(' ');
  const [sections, empty] = sectionsOf(bundle, values);
  const all = [...sections, ...lastSections(bundle, values, empty)];
  return html`
<article lang="${language}">
<header><p class="eyebrow">${bundle.controller.name} · ${bundle.registerName[language]}</p>
<h1>${texts.title}</h1>
<p class="whose">${name === '' ? texts.nameless : name}</p>
<p class="quiet">${texts.made(values.momentText(bundle.madeAt))}</p></header>
<p style="margin-top:1.25rem">${texts.lead}</p>
<ul class="sums">${sumsOf(bundle, values).map(([count, what]) => html`<li><b>${values.number(count)}</b>${what}</li>`)}</ul>
<nav aria-label="${texts.contents}"><ol class="contents">${all.map(({ id, title, count }) => html`<li><a href="#${language}-${id}">${title}${count !== undefined && html`<span>${values.number(count)}</span>`}</a></li>`)}</ol></nav>
${all.map(({ id, title, about, content }) => html`<section id="${language}-${id}"><div class="head"><h2>${title}</h2>${about !== undefined && html`<p class="quiet">${about}</p>`}</div>
${content}</section>\n`)}
<footer class="end"><p>${texts.machine}</p><p>${texts.end(bundle.controller.name)}</p></footer>
</article>`;
}

/** What there is, and the titles of what there is not. */
function sectionsOf(bundle: Bundle, values: Values): [Section[], string[]] {
  const { language } = values;
  const sections: Section[] = [];
  const empty: string[] = [];
  for (const key of PERSONAL_TABLES) {
    const table: TableAnnotation = PERSONAL_DATA[key];
    const title = table.title[language];
    const found = bundle.register[table.name] ?? [];
    const rows = Array.isArray(found) ? (found as readonly BundleRow[]) : [];
    if (table.tie !== 'customer' && rows.length === 0) empty.push(title);
    else sections.push({ id: table.name, title, about: table.about[language], count: table.tie === 'customer' ? undefined : rows.length, content: contentOf(table, bundle, rows, values) });
    // Marketing stands where one looks for it: after the decisions it rests on.
    if (key === 'suppression') sections.push({ id: 'marketing', title: MARKETING_TEXTS.title[language], about: MARKETING_TEXTS.about[language], count: undefined, content: marketingOf(bundle.marketing, values) });
  }
  return [sections, empty];
}

function contentOf(table: TableAnnotation, bundle: Bundle, rows: readonly BundleRow[], values: Values): Html {
  if (table.page === 'facts') return factsOf(table, bundle.register.customer, values);
  if (table.page === 'table') return tableOf(columnsOf(table, values), rows, values);
  if (table.page === 'count') return html`<p>${values.texts.countOnly(values.number(rows.length))}</p>`;
  return cardsOf(table, table.page.cards, rows, bundle.wordings, values);
}

function lastSections({ purposes, controller, dataProtectionContact, annotations, withheld }: Bundle, values: Values, empty: readonly string[]): Section[] {
  const { texts, language } = values;
  const [purpose, basis, retention] = texts.purposeColumns;
  const kinds = CATEGORIES.filter((category) => annotations.some((each) => each.category === category)).map((category) => texts.categories[category]);
  const reasons = new Map<string, Set<string>>();
  for (const { table, because } of withheld) reasons.set(because[language], new Set([...reasons.get(because[language]) ?? [], titleOf(table)[language]]));
  const plain = (id: string, title: string, about: string | undefined, content: Html): Section => ({ id, title, about, count: undefined, content });
  return [
    ...(empty.length > 0 ? [plain('none', texts.noneTitle, texts.noneLead, html`<ul class="none">${empty.map((title) => html`<li>${title}</li>`)}</ul>`)] : []),
    plain('purposes', texts.purposesTitle, texts.purposesLead, html`${tableOf([
      { label: purpose, value: (row) => values.of('purpose', row['code']) }, { label: basis, value: (row) => values.of('code', row['legalBasis']) },
      { label: retention, value: (row) => duration(String(row['retention']), values) },
    ], purposes, values)}<h3>${texts.categoriesTitle}</h3><p>${kinds.join(' · ')}</p>`),
    plain('rights', texts.rightsTitle, undefined, html`<ul>${texts.rights(controller.name, dataProtectionContact.email).map((right) => html`<li><p>${right}</p></li>`)}</ul>`),
    plain('withheld', texts.withheldTitle, texts.withheldLead, html`<ul>${[...reasons].map(([because, tables]) => html`<li><p>${because} <span class="source">${[...tables].join(' · ')}</span></p></li>`)}</ul>`),
  ];
}

function titleOf(name: string): Localised {
  return Object.values(PERSONAL_DATA).find((table) => table.name === name)?.title ?? { fi: name, sv: name, en: name };
}

/** An ISO 8601 duration of the profile, in words. */
function duration(text: string, { texts }: Values): string {
  const [, count, unit] = /^P(\d+)([YMD])$/.exec(text) ?? [];
  return count === undefined ? text : texts.retention[unit as 'Y' | 'M' | 'D'](Number(count));
}

function sumsOf({ register, marketing }: Bundle, { texts: { sums } }: Values): [number, string][] {
  const sources = register.customer['provenance'] ?? {};
  const list = (name: string): readonly BundleRow[] => (register[name] ?? []) as readonly BundleRow[];
  const recipients = new Set([
    ...list('disclosures').map(({ recipient }) => (recipient as { id: string }).id), ...marketing.exports.filter(({ handedOut }) => handedOut).map(({ recipient }) => recipient.id),
  ]);
  return [
    [Object.keys(sources).length, sums.fields], [list('consents').filter(({ decision }) => decision === 'granted').length, sums.consents],
    [recipients.size, sums.recipients], [list('reads').length + marketing.reads.length, sums.reads],
  ];
}
