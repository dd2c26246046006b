import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';

/** The only fields a log line may carry, besides level, time, service and msg. None is about a person. */
export const LOG_FIELDS = [
  'method', 'route', 'status', 'ms', 'requestId',
  'code', 'error', 'attempt', 'retryInMs',
  'host', 'port', 'address', 'context', 'signal',
  'queue', 'pattern', 'count', 'pending', 'parked', 'epoch', 'watermark', 'lagMs', 'ageMs',
  'connected', 'blocked', 'check', 'migration', 'kid', 'reason', 'bucket', 'version', 'bytes', 'caseId', 'store', 'place',
] as const;
export type LogField = (typeof LOG_FIELDS)[number];
export type LogFields = Partial<Record<LogField, string | number | boolean>>;

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Contexts of the framework whose texts are about modules and routes only. */
const SPOKEN_CONTEXTS: ReadonlySet<string> = new Set([
  'NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication', 'NestMicroservice', 'FastifyAdapter',
]);

const fields: ReadonlySet<string> = new Set(LOG_FIELDS);
/** Codes, route patterns, times, host names: no `@`, no text beyond ASCII. */
const SAFE_TEXT = /^[\w .,:;/*(){}[\]+-]{0,200}$/;

/** What may be said about an error: its name, and its code when it has one. Never its message. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  return { error: error.name, ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}) };
}

/**
 * JSON lines on standard output by an allow-list: an unknown field or an unusual value is left out, and
 * texts and error messages of libraries are withheld, because some repeat what a customer has sent
 * (GDPR Art. 32). Also serves Nest as its logger.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(service: string, level: LogLevel = 'info', destination?: DestinationStream) {
    const options = { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  /** One event: `msg` is a fixed kebab-case name such as `listening`. */
  event(msg: string, values: LogFields = {}, level: Exclude<LogLevel, 'silent'> = 'info'): void {
    this.pino[level](allowed(values), msg);
  }

  /** An event about an error, of which only name and code are told. */
  failure(msg: string, error: unknown, values: LogFields = {}): void {
    this.event(msg, { ...values, ...errorFields(error) }, 'error');
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.fromFramework('debug', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.fromFramework('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.fromFramework('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.fromFramework('fatal', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.fromFramework('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.fromFramework('trace', message, rest);
  }

  private fromFramework(level: Exclude<LogLevel, 'silent'>, message: unknown, rest: readonly unknown[]): void {
    const last = rest.at(-1);
    const context = typeof last === 'string' && /^\w{1,60}$/.test(last) ? last : undefined;
    const spoken = typeof message === 'string' && context !== undefined && SPOKEN_CONTEXTS.has(context);
    const about = message instanceof Error ? errorFields(message) : {};
    this.pino[level](allowed({ ...about, ...(context ? { context } : {}) }), spoken ? message : 'text withheld');
  }
}

function allowed(values: LogFields): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [field, value] of Object.entries(values)) {
    if (fields.has(field) && (typeof value !== 'string' || SAFE_TEXT.test(value))) kept[field] = value;
  }
  return kept;
}

/** Reads LOG_LEVEL; undefined when it is none of pino's levels. */
export function parseLogLevel(text: string): LogLevel | undefined {
  return LEVELS.find((level) => level === text);
}
