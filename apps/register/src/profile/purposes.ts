import type { Profile } from './profile.schemas.js';

/** Codes of the purposes whose legal basis is consent, as configured. */
export function consentPurposes(profile: Profile): string[] {
  return profile.purposes.filter((purpose) => purpose.legalBasis === 'consent').map(({ code }) => code);
}

/** Whether reads may declare this purpose. */
export function isPurpose(profile: Profile, code: string): boolean {
  return profile.purposes.some((purpose) => purpose.code === code);
}
