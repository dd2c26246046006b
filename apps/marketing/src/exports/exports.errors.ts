import { defineFailure } from '#http/failure.js';

/** Carries `possible`: the ids of the recipients there are. */
export const RECIPIENT_UNKNOWN = defineFailure({
  kind: 'invalid', code: 'recipient-unknown', title: 'People are handed to configured recipients only, and this is none of them.',
});
/** Carries `possible`. */
export const NOT_AGREED = defineFailure({
  kind: 'invalid', code: 'not-agreed-with-recipient', title: 'This recipient may not be given people for that purpose or channel.',
});
/** Carries `possible`: the presets that can. */
export const PRESET_UNFIT = defineFailure({
  kind: 'invalid', code: 'preset-unfit', title: 'The preset cannot carry what was asked for.',
});
export const EXPORT_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'export-not-found', title: 'There is no such export.' });
export const RECIPIENT_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'recipient-not-found', title: 'There is no such recipient.' });
/** Carries `state` and `progress`. */
export const EXPORT_NOT_READY = defineFailure({
  kind: 'conflict', code: 'export-not-ready', title: 'The export cannot be taken yet: it is still being made, or somebody is taking it.',
});
/** Carries `state`, and `reason` if there is one. */
export const EXPORT_GONE = defineFailure({
  kind: 'gone', code: 'export-gone', title: 'The export can no longer be taken. Ask for a new one.',
});
/** Carries `state`. */
export const EXPORT_OVER = defineFailure({
  kind: 'conflict', code: 'export-over', title: 'The export is over; there is nothing to cancel.',
});
