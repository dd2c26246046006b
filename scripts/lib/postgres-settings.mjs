// What the private PostgreSQL is told at each start.

/**
 * Errors never reach the server's log (`log_min_messages = log` keeps start, stop and fatal lines): an error text may quote
 * the value it complains about, and values here are people's.
 */
export const settings = (port, profile) => ({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  port,
  max_connections: 200,
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_checkpoints: 'off',
  // A test's data may vanish with the machine; nobody else's may.
  ...(profile === 'test' && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
});
