/** Why an export failed; `list-stale` and `disk-full` can be tried again. */
export const FAILURES = ['list-stale', 'disk-full', 'interrupted', 'file-lost', 'stalled', 'internal'] as const;
/** Who ended an export before it was whole. */
export const CANCELLATIONS = ['by-caller', 'client-closed'] as const;

export type ExportFailure = (typeof FAILURES)[number];
export type ExportCancellation = (typeof CANCELLATIONS)[number];

/**
 * Where an export stands. A download: waiting → running → delivered. A file: waiting → running → ready → expired. Either may end
 * failed or cancelled, and a file that was interrupted goes back to waiting.
 */
export type ExportState =
  | { readonly state: 'waiting' | 'running' | 'ready' | 'delivered' | 'expired' }
  | { readonly state: 'failed'; readonly reason: ExportFailure }
  | { readonly state: 'cancelled'; readonly reason: ExportCancellation };

export const STATES = ['waiting', 'running', 'ready', 'delivered', 'failed', 'cancelled', 'expired'] as const satisfies readonly ExportState['state'][];

/** Whether it can still become something else. */
export function isOpen(state: ExportState['state']): boolean {
  switch (state) {
    case 'waiting':
    case 'running':
    case 'ready':
      return true;
    case 'delivered':
    case 'failed':
    case 'cancelled':
    case 'expired':
      return false;
    default:
      return state satisfies never;
  }
}

/** How far reading has come, in whole percent, by the slots read. 100 only when it is over. */
export function percentOf(state: ExportState['state'], nextSlot: number, lastSlot: number | null): number {
  if (state === 'ready' || state === 'delivered' || state === 'expired') return 100;
  return lastSlot === null || lastSlot === 0 ? 0 : Math.min(99, Math.floor((100 * nextSlot) / (lastSlot + 1)));
}
