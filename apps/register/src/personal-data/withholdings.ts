import type { Localised, Withholding } from './annotation.js';

/** Why something held of a person is not in her bundle, as she is told it (GDPR Art. 12(1), 15(4)). */
export const WITHHOLDINGS: Readonly<Record<Withholding, Localised>> = {
  'key': {
    fi: 'Sisäinen numero, joka vain liittää rivit toisiinsa.', sv: 'Internt nummer som endast knyter ihop rader.', en: 'An internal number that only ties rows together.',
  },
  'keyed-hash': {
    fi: 'Avaimellinen tiiviste tiedosta, joka itse on mukana.', sv: 'Hashvärde med nyckel av en uppgift som själv är med.', en: 'A keyed hash of something that is included itself.',
  },
  'colleague': {
    fi: 'Työntekijän henkilöllisyys: saat tietää tehtävän, et nimeä (EU-tuomioistuin C-579/21).',
    sv: 'En anställds identitet: du får veta uppgiften, inte namnet (EU-domstolen C-579/21).',
    en: 'The identity of an employee: you are told the role, not the name (CJEU C-579/21).',
  },
  'household': {
    fi: 'Voi koskea toista ihmistä, jolla on sama osoite tai numero (15 artiklan 4 kohta).',
    sv: 'Kan gälla någon annan med samma adress eller nummer (artikel 15.4).',
    en: 'May be about somebody else with the same address or number (Art. 15(4)).',
  },
  // Tietosuojalaki 1050/2018 § 34(1)(1), (4): nothing that would harm the investigation of crimes; the Ombudsman is given it at her request.
  'hold': {
    fi: 'Miksi ja mihin asti tietosi on säilytettävä: sitä ei kerrota kenellekään, jottei rikostutkinta paljastuisi (tietosuojalaki 34 §). Tietosuojavaltuutettu saa tiedon pyynnöstäsi.',
    sv: 'Varför och hur länge dina uppgifter måste bevaras: det berättas inte för någon, så att ingen brottsutredning röjs (dataskyddslagen 34 §). Dataombudsmannen får veta det på din begäran.',
    en: 'Why, and until when, your data must be kept: nobody is told, so that no investigation is given away (Data Protection Act § 34). The Data Protection Ombudsman is told at your request.',
  },
  'machinery': {
    fi: 'Ohjelmiston oma kirjanpito lähetyksistä.', sv: 'Programvarans egen bokföring över utskick.', en: 'The software’s own bookkeeping of what it sends.',
  },
};
