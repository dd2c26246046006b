/** Why an RPC could not be answered; the caller may try again, nothing has been changed. */
export type RpcUnavailableReason = 'not-connected' | 'connection-lost' | 'no-queue' | 'timeout';

/** The broker or the answering service is away, or did not answer in time. */
export class RpcUnavailable extends Error {
  override readonly name = 'RpcUnavailable';
  readonly code = 'RpcUnavailable';
  constructor(readonly reason: RpcUnavailableReason) {
    super(`no answer to the request: ${reason}`);
  }
}

/** The answering service refused the request or failed; `remoteCode` is the code it gave. */
export class RpcRefused extends Error {
  override readonly name = 'RpcRefused';
  readonly code = 'RpcRefused';
  constructor(readonly remoteCode: string) {
    super(`the request was refused: ${remoteCode}`);
  }
}

/** `emit` could not be confirmed: the message may or may not have arrived. */
export class PublishUnconfirmed extends Error {
  override readonly name = 'PublishUnconfirmed';
  readonly code = 'PublishUnconfirmed';
  constructor(readonly outcome: 'unroutable' | 'unknown') {
    super(`the message was not confirmed: ${outcome}`);
  }
}

/** There is no open connection to the broker at this moment. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
  readonly code = 'BrokerUnavailable';
  constructor() {
    super('no connection to the broker');
  }
}
