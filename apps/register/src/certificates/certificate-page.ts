import type { Certificate, SoughtKind } from './certificate.schemas.js';
import { CERTIFICATE_TEXTS, type Language } from './certificate-texts.js';

/** No web font, no script: a page that prints the same everywhere, on one sheet of A4. */
const STYLE = `
  @page { size: A4; margin: 16mm 18mm }
  * { box-sizing: border-box }
  body { font: 10pt/1.4 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; color: #1b1f24; max-width: 174mm; margin: 8mm auto; padding: 0 4mm }
  header { border-bottom: 2px solid #1f4e5f; padding-bottom: 3mm; margin-bottom: 4mm }
  h1 { font-size: 20pt; line-height: 1.15; margin: 0 0 1mm; color: #1f4e5f } h2 { font-size: 11pt; margin: 5mm 0 1.5mm; color: #1f4e5f }
  header p, footer p { margin: 0; color: #57606a } p { margin: 0 0 2mm }
  .lead { font-size: 11pt } .mono { font-family: "Liberation Mono", Menlo, Consolas, monospace; font-size: 9pt }
  dl { display: grid; grid-template-columns: 42mm 1fr; gap: 1mm 4mm; margin: 0 } dt { color: #57606a } dd { margin: 0 }
  ol { list-style: none; display: flex; gap: 2mm; padding: 0; margin: 4mm 0 0 } ol li { flex: 1; border-top: 3px solid #7fa7b5; padding-top: 1.5mm; font-size: 8.5pt } ol b { display: block }
  table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: 1.2mm 2mm 1.2mm 0; border-bottom: 1px solid #d0d7de; vertical-align: top } th { font-weight: 600; color: #57606a; font-size: 8.5pt }
  .number { text-align: right; padding-right: 6mm; font-variant-numeric: tabular-nums } .good { color: #1a6b3c; font-weight: 600 }
  footer { margin-top: 6mm; padding-top: 2mm; border-top: 1px solid #d0d7de; font-size: 8.5pt }
  @media print { body { margin: 0; padding: 0; max-width: none } h2, table, tr, ol { break-inside: avoid } * { -webkit-print-color-adjust: exact; print-color-adjust: exact } }`;

const TIMES = ['requestedAt', 'deletedAt', 'answeredAt', 'searchedAt', 'issuedAt'] as const;

/** The certificate as a page for printing. It says the same as the signed JSON and is not signed itself. */
export function certificatePage(certificate: Certificate, language: Language): string {
  const texts = CERTIFICATE_TEXTS[language];
  const { facts, stores, sought, retained, recipients } = texts;
  const { controller } = certificate;
  const number = new Intl.NumberFormat(language);
  const day = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeZone: 'Europe/Helsinki' });
  const moment = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Europe/Helsinki' });
  const on = (date: string): string => day.format(new Date(`${date}T12:00:00Z`));
  const at = (time: string): string => moment.format(new Date(time));
  const kinds = (list: readonly SoughtKind[]): string => list.map((kind) => sought.kinds[kind]).join(', ');

  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${texts.title} ${certificate.caseId}</title><style>${STYLE}</style></head>
<body>
<header><h1>${texts.title}</h1><p>${safe(controller.name)} · ${safe(certificate.register[language])}</p></header>
<p class="lead">${texts.statement}</p>
<dl>
<dt>${facts.controller}</dt><dd>${safe(controller.name)}, ${safe(controller.businessId)}, ${safe(controller.postalAddress)}, ${safe(controller.email)}</dd>
<dt>${facts.case}</dt><dd class="mono">${certificate.caseId}</dd>
<dt>${facts.ground}</dt><dd>${texts.grounds[certificate.ground]}</dd>
</dl>
<ol>${TIMES.map((time) => `<li><b>${at(certificate[time])}</b>${texts.times[time]}</li>`).join('')}</ol>
<h2>${stores.title}</h2>
<table><thead>${headOf(stores.columns, [1, 3])}</thead><tbody>
${certificate.stores.map(({ store, rowsDeleted, searched }) => `<tr><td>${safe(stores.names[store] ?? store)}</td><td class="number">${number.format(rowsDeleted)}</td><td>${number.format(searched.number)} ${stores[searched.what]}</td><td class="number">${number.format(searched.bytes)}</td><td class="good">✓ ${stores.nothing}</td></tr>`).join('\n')}
</tbody></table>
<p style="margin-top:2mm">${sought.looked(kinds(certificate.sought))}${certificate.notSoughtAsShared.length === 0 ? '' : ` ${sought.shared(kinds(certificate.notSoughtAsShared))}`}</p>
<h2>${retained.title}</h2>
${certificate.retained.length === 0 ? `<p>${retained.none}</p>` : `<table><thead>${headOf(retained.columns, [])}</thead><tbody>
${certificate.retained.map(({ what, legalBasis, until }) => `<tr><td>${texts.what[what]}</td><td>${safe(legalBasis)}</td><td>${until === null ? retained.always : on(until)}</td></tr>`).join('\n')}
</tbody></table>`}
<p style="margin-top:2mm">${texts.backups(on(certificate.backupsGoneOn))}</p>
<h2>${recipients.title}</h2>
${certificate.recipients.length === 0 ? `<p>${recipients.none}</p>` : `<table><tbody>${certificate.recipients.map(({ name, country, noticeIssuedAt }) => `<tr><td>${safe(name)}${country === null ? '' : ` (${country})`}</td><td>${at(noticeIssuedAt)}</td></tr>`).join('')}</tbody></table>`}
<footer><p>${texts.noData} ${texts.signature}</p></footer>
</body>
</html>
`;
}

function headOf(columns: readonly string[], numbers: readonly number[]): string {
  return `<tr>${columns.map((column, index) => `<th${numbers.includes(index) ? ' class="number"' : ''}>${column}</th>`).join('')}</tr>`;
}

function safe(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
