import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { AmqpConnection } from './amqp-connection.js';
import { PublishUnconfirmed, RpcUnavailable } from './messaging.errors.js';
import { Publisher, type Outcome, type Outgoing } from './publisher.js';
import { RpcRequester } from './rpc-requester.js';
import { QUEUES } from './topology.js';

export type { Outcome, Outgoing } from './publisher.js';

const PUBLISH_TIMEOUT_MS = 5_000;
const RPC_TIMEOUT_MS = 10_000;

/**
 * Nest client over the broker. `publishAll` for batches; `send(pattern, data)` asks the server behind the RPC
 * queue (10 s; errors RpcUnavailable, RpcRefused); `emit(routingKey, body)` publishes one confirmed message and
 * errors with PublishUnconfirmed otherwise.
 */
export class ConfirmingClient extends ClientProxy {
  private readonly publisher: Publisher;
  private readonly requester: RpcRequester;

  /** @param rpcQueue of the server that `send` asks */
  constructor(private readonly connection: AmqpConnection, private readonly rpcTimeoutMs = RPC_TIMEOUT_MS, rpcQueue: string = QUEUES.rpc) {
    super();
    this.publisher = new Publisher(connection);
    this.requester = new RpcRequester(connection, rpcQueue);
  }

  /**
   * Publishes persistent, mandatory messages and waits for the broker's word on each, in order of `messages`.
   * Never rejects: broker away or blocked, nack, lost channel and timeout are the outcome `unknown`.
   */
  publishAll(messages: readonly Outgoing[], timeoutMs = PUBLISH_TIMEOUT_MS): Promise<Outcome[]> {
    return this.publisher.publishAll(messages, timeoutMs);
  }

  /** @throws RpcUnavailable when there is no connection now. */
  override connect(): Promise<void> {
    this.connection.start();
    return this.connection.state().connected ? Promise.resolve() : Promise.reject(new RpcUnavailable('not-connected'));
  }

  /** The connection belongs to whoever made it; nothing to close here. */
  override close(): void {}

  override unwrap<T>(): T {
    return this.connection as T;
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    this.requester.request(String(packet.pattern), packet.data, this.rpcTimeoutMs).then(
      (response) => { callback({ response, isDisposed: true }); },
      (err: unknown) => { callback({ err, isDisposed: true }); },
    );
    return () => undefined;
  }

  protected override async dispatchEvent<T>(packet: ReadPacket<object>): Promise<T> {
    const [outcome = 'unknown'] = await this.publishAll([{ routingKey: String(packet.pattern), body: packet.data }]);
    if (outcome !== 'confirmed') throw new PublishUnconfirmed(outcome);
    return undefined as T;
  }
}
