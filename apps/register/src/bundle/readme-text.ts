import type { Bundle } from './bundle.schemas.js';

/** What is in the zip, for whoever opens it without knowing; CRLF, so that every editor shows the lines. */
export function bundleReadme({ controller, dataProtectionContact, madeAt }: Bundle): string {
  return [
    `${controller.name} (${controller.businessId}) · ${madeAt}`,
    '',
    'FI  index.html         Kaikki tietosi luettavaksi ja tulostettavaksi, kolmella kielellä.',
    '    data.json          Samat tiedot ohjelmille; voit viedä ne toiseen palveluun (20 artikla).',
    '    data.schema.json   Mitä data.json sisältää (JSON Schema).',
    '    Tiedostot ovat henkilökohtaisia. Säilytä ne kuten muutkin paperisi.',
    '',
    'SV  index.html         Alla dina uppgifter att läsa och skriva ut, på tre språk.',
    '    data.json          Samma uppgifter för program; du kan ta dem med till en annan tjänst (artikel 20).',
    '    data.schema.json   Vad data.json innehåller (JSON Schema).',
    '    Filerna är personliga. Förvara dem som dina andra papper.',
    '',
    'EN  index.html         All your data, to read and to print, in three languages.',
    '    data.json          The same for programs; yours to take to another service (Article 20).',
    '    data.schema.json   What data.json holds (JSON Schema).',
    '    These files are personal. Keep them as you keep your other papers.',
    '',
    `${dataProtectionContact.name}, ${dataProtectionContact.email}`,
    '',
  ].join('\r\n');
}
