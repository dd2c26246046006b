import { z } from 'zod';

const FORMATS: Readonly<Record<string, string>> = {
  email: 'must be an email address',
  uuid: 'must be a UUID',
  url: 'must be a URL',
  datetime: 'must be a time as in 2026-05-04T12:30:00Z',
  date: 'must be a date as in 2026-05-04',
  e164: 'must be a phone number as in +358451206627',
  base64: 'must be base64',
  base64url: 'must be base64url',
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  null: 'must be null',
  record: 'must be an object',
};

/**
 * What would be right, for a person, in place of zod's own texts, of which some repeat the input. Of unknown fields: the known ones.
 * A message given in the schema wins over this one.
 */
export function humanMessage(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && issue.code !== 'custom') return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? 'has the wrong type';
    case 'too_small':
      return size(issue.origin, issue.exact ? 'exactly' : issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return size(issue.origin, issue.exact ? 'exactly' : issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has the wrong form';
    case 'invalid_value':
      return issue.values.length === 1 ? `must be ${String(issue.values[0])}` : `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? `must be one of: ${issue.options.map(String).join(', ')}` : 'has the wrong form';
    case 'unrecognized_keys':
      return issue.inst instanceof z.ZodObject ? `possible: ${Object.keys(issue.inst.shape).join(', ')}` : '';
    case 'not_multiple_of':
      return `must be a multiple of ${String(issue.divisor)}`;
    default:
      return 'is not acceptable';
  }
}

function size(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${relation} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `must have ${relation} ${limit} items`;
  return `must be ${relation} ${limit}`;
}
