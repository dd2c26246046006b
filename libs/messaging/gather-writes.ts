import type { Socket } from 'node:net';

/**
 * Makes the socket send what is written in one turn of the event loop together. amqplib writes every message by itself, and a
 * system call per message was a quarter of the register's time while 500 changes were published.
 */
export function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let gathering = false;
  const gathered = (...args: unknown[]): boolean => {
    if (!gathering) {
      gathering = true;
      socket.cork();
      process.nextTick(() => {
        gathering = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
  socket.write = gathered;
}
