// One made-up customer, what the register has acknowledged of her, and what she may be listed for at which moment.

export const CHANNELS = ['email', 'sms', 'phone', 'post'];
const AGE_OF_CONSENT = 13;

/** Begins every marker, in every run; no real data holds it. */
export const MARKER_PREFIX = 'qzlupa';
export const MARKER = /qzlupa[a-z0-9]+x[0-9]+q/g;

/** Unique to a person of a run; stands in her name, email, street and occupation. */
export const markerOf = (seed, index) => `${MARKER_PREFIX}${seed.toString(36)}x${index}q`;

/** The state of a customer as the acknowledged writes have left it: an oracle that shares no code with the services. */
export class Person {
  constructor(marker) {
    this.marker = marker;
    /** { started, acked, channels }: acked is Infinity until the register has answered. */
    this.history = [];
    this.state = undefined;
    this.lastDecision = 0;
    this.busy = false;
  }

  get isErased() {
    return this.state?.erased === true;
  }

  /** A time for a decision: now, and later than every one before it. */
  decide() {
    this.lastDecision = Math.max(Date.now(), this.lastDecision + 1);
    return this.lastDecision;
  }

  /** Records that a write which leads to `after` is under way; call the returned function when it is acknowledged. */
  attempt(after) {
    const entry = { started: Date.now(), acked: Infinity, channels: channelsOf(after) };
    this.history.push(entry);
    return (version) => {
      entry.acked = Date.now();
      this.state = { ...after, version };
      // Only the latest acknowledged state and what follows can matter to a list that is yet to come.
      if (this.history.length > 40) this.history.splice(0, this.history.length - 40);
    };
  }

  /** Whether a list of moment `asOf`, answered by `receivedAt`, may hold her for the channel. Times in ms. */
  mayBeListed(channel, asOf, receivedAt) {
    const begun = this.history.filter(({ started }) => started <= receivedAt);
    const settled = begun.findLastIndex(({ acked }) => acked + 1 <= asOf);
    return begun.slice(Math.max(0, settled)).some(({ channels }) => channels.includes(channel));
  }
}

/** What the law and the register's rules leave: the second opinion on eligibility. */
export function channelsOf(state) {
  if (state.erased || state.restricted || state.objectedAt || state.ended) return [];
  return CHANNELS.filter((channel) => {
    const consent = state.consents[channel];
    if (consent?.decision !== 'granted') return false;
    if (state.birthYear !== null && new Date(consent.at).getUTCFullYear() - state.birthYear <= AGE_OF_CONSENT) return false;
    if (channel === 'email') return state.email !== null;
    return channel === 'post' ? state.street !== null : state.phone !== null;
  });
}
