import type { Profile } from '../profile/profile.schemas.js';
import { isTold, type Purpose, type TableAnnotation, toldColumns, type Withholding } from '../personal-data/annotation.js';
import { PERSONAL_DATA, PERSONAL_TABLES } from '../personal-data/tables.js';
import { WITHHOLDINGS } from '../personal-data/withholdings.js';
import type { Bundle } from './bundle.schemas.js';

/** Where the profile does not name the purpose. */
const USUAL_BASIS: Readonly<Record<Purpose, string>> = {
  'customer-contact': 'contract', 'relationship-care': 'contract', 'marketing': 'consent', 'rights-and-obligations': 'legal-obligation',
};

/** What a bundle says whoever it is of: who is responsible, what each value is and on which ground it is held, and what is not told. */
export function aboutBundle({ controller, dataProtectionContact, register, purposes }: Profile): Omit<Bundle, '$schema' | 'format' | 'madeAt' | 'register' | 'wordings' | 'marketing'> {
  const { street, postalCode, city, country } = controller.postalAddress;
  const basis = (purpose: Purpose): string => purposes.find(({ code }) => code === purpose)?.legalBasis ?? USUAL_BASIS[purpose];
  const tables = PERSONAL_TABLES.map((key): TableAnnotation => PERSONAL_DATA[key]);
  return {
    controller: { name: controller.name, businessId: controller.businessId, postalAddress: `${street}, ${postalCode} ${city}, ${country}`, phone: controller.phone, email: controller.email },
    dataProtectionContact: { ...dataProtectionContact },
    registerName: register.name,
    purposes: purposes.map(({ code, legalBasis, retention }) => ({ code, legalBasis, retention })),
    annotations: tables.flatMap((table) => toldColumns(table).map(({ name, told }) => {
      const purpose = told.purpose ?? table.purpose;
      return { table: table.name, column: name, label: told.label, category: told.category ?? table.category, purpose, legalBasis: basis(purpose), law: table.law };
    })),
    withheld: tables.flatMap(withheldOf),
  };
}

function withheldOf(table: TableAnnotation): Bundle['withheld'] {
  const columns = new Map<Withholding, string[]>();
  for (const [column, said] of Object.entries(table.columns)) {
    const why = isTold(said) ? said.unless?.because : said.withheld;
    if (why !== undefined) columns.set(why, [...columns.get(why) ?? [], column]);
  }
  return [...columns].map(([why, names]) => ({ table: table.name, columns: names, because: WITHHOLDINGS[why] }));
}
