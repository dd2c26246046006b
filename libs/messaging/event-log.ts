import { Logger } from '@nestjs/common';

/** What a log line may tell: codes, names of queues and numbers. Never a body, an error's text or a stack. */
export interface EventFields {
  readonly code?: string;
  readonly queue?: string;
  readonly pattern?: string;
  readonly count?: number;
  readonly attempt?: number;
  readonly retryInMs?: number;
}

/** Where events are logged; the JSON logger of the services fits. */
export interface EventLog {
  /** `msg` is a fixed kebab-case name such as `broker-connected`. */
  event(msg: string, values: EventFields, level: 'info' | 'warn'): void;
}

/** For programs that name no log: one line of text over Nest's logger. */
export function nestEventLog(): EventLog {
  const logger = new Logger('Messaging');
  return {
    event: (msg, values, level) => {
      const line = [msg, ...Object.entries(values).map(([name, value]) => `${name}=${String(value)}`)].join(' ');
      if (level === 'warn') logger.warn(line);
      else logger.log(line);
    },
  };
}
