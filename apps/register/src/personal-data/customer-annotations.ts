import { type TableAnnotation, told, withheld } from './annotation.js';

const identity = { category: 'identity' } as const;
const demographics = { category: 'demographics', purpose: 'relationship-care' } as const;
const standing = { category: 'standing', purpose: 'rights-and-obligations' } as const;
const technical = { category: 'technical', purpose: 'rights-and-obligations' } as const;

/** Her own row: the closed list of what the register holds of a person. */
export const CUSTOMER: TableAnnotation = {
  name: 'customer', tie: 'customer', order: 'id', category: 'contact', purpose: 'customer-contact', law: 'GDPR Art. 6(1)', page: 'facts',
  title: { fi: 'Perustiedot', sv: 'Grunduppgifter', en: 'Your details' },
  about: {
    fi: 'Tiedot, jotka rekisterissä on sinusta, ja mistä kukin niistä on tullut.',
    sv: 'Uppgifterna om dig i registret och varifrån var och en av dem kommer.',
    en: 'What the register holds about you, and where each piece came from.',
  },
  columns: {
    first_name: told('text', 'Etunimi', 'Förnamn', 'First name', { ...identity, field: 'contact.firstName' }),
    last_name: told('text', 'Sukunimi', 'Efternamn', 'Last name', { ...identity, field: 'contact.lastName' }),
    email: told('text', 'Sähköposti', 'E-post', 'Email', { field: 'contact.email' }),
    email_index: withheld('keyed-hash'),
    phone: told('text', 'Puhelin', 'Telefon', 'Phone', { field: 'contact.phone' }),
    phone_index: withheld('keyed-hash'),
    street_address: told('text', 'Katuosoite', 'Gatuadress', 'Street address', { field: 'contact.address' }),
    postal_code: told('text', 'Postinumero', 'Postnummer', 'Postal code', { field: 'contact.address' }),
    city: told('text', 'Postitoimipaikka', 'Ort', 'City', { field: 'contact.address' }),
    country: told('code', 'Maa', 'Land', 'Country', { field: 'contact.address' }),
    language: told('code', 'Asiointikieli', 'Språk', 'Language', { ...identity, field: 'contact.language' }),
    birth_year: told('number', 'Syntymävuosi', 'Födelseår', 'Year of birth', { ...demographics, field: 'demographics.birthYear' }),
    occupation: told('text', 'Ammatti', 'Yrke', 'Occupation', { ...demographics, field: 'demographics.occupation' }),
    interests: told('interests', 'Kiinnostuksen kohteet', 'Intressen', 'Interests', { category: 'interests', purpose: 'relationship-care', field: 'interests' }),
    guardian_at: told('moment', 'Huoltajan suostumus alkaen', 'Vårdnadshavarens samtycke sedan', 'Guardian’s consent since', standing),
    restricted_at: told('moment', 'Käsittelyä rajoitettu alkaen', 'Behandlingen begränsad sedan', 'Processing restricted since', standing),
    restriction_reason: told('code', 'Rajoittamisen syy', 'Skäl till begränsningen', 'Reason for the restriction', standing),
    objected_at: told('moment', 'Suoramarkkinointi kielletty', 'Direktmarknadsföring förbjuden', 'Objected to marketing', standing),
    ended_at: told('moment', 'Asiakassuhde päättynyt', 'Kundförhållandet upphört', 'Relationship ended', standing),
    end_reason: told('code', 'Päättymisen syy', 'Skäl till att det upphört', 'Reason for the end', standing),
    created_at: told('moment', 'Rekisteröity', 'Registrerad', 'Registered', technical),
    updated_at: told('moment', 'Viimeksi muutettu', 'Senast ändrad', 'Last changed', technical),
    active_at: told('moment', 'Viimeksi kuultu sinusta', 'Senast hört av dig', 'Last heard of you', technical),
    known_to_marketing: told('yes-no', 'Tietoja on ollut markkinoinnilla', 'Uppgifter har funnits hos marknadsföringen', 'Marketing has held your data', technical),
    id: told('text', 'Asiakastunnus', 'Kundnummer', 'Customer id', technical),
    ref: told('text', 'Viite markkinoinnissa', 'Referens i marknadsföringen', 'Reference in marketing', technical),
    version: told('number', 'Muutosten määrä', 'Antal ändringar', 'Number of changes', technical),
    provenance: told('sources', 'Tietojen lähteet', 'Uppgifternas källor', 'Sources of the data', technical),
  },
};
