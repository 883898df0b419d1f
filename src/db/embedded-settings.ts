import { totalmem } from 'node:os';

const megabytes = (bytes: number, least: number, most: number): string =>
  `${Math.round(Math.min(most, Math.max(least, bytes / 2 ** 20)))}MB`;

/**
 * postgresql.conf of the embedded Postgres. A commit that was acknowledged is on disk (fsync, synchronous_commit); the
 * rest suits a small machine that it shares with Node.
 */
export function embeddedSettings(socketFolder: string, memory = totalmem()): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    // Three pools, two of them of PORTICO_CONNECTIONS each, and those of commands.
    max_connections: '150',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Nothing replicates an embedded Postgres, so its log need not serve that.
    wal_level: 'minimal',
    max_wal_senders: '0',
    wal_buffers: '16MB',
    min_wal_size: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    shared_buffers: megabytes(memory / 16, 128, 1024),
    effective_cache_size: megabytes(memory / 2, 256, 16384),
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    random_page_cost: '1.1',
    // With two cores a parallel plan takes from other requests what it gives to one.
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    // Plans made while tables were empty are bad: statistics have to follow the first import quickly.
    autovacuum_naptime: '10s',
    log_min_messages: 'warning',
    // Details quote the row that was refused.
    log_error_verbosity: 'terse',
    log_line_prefix: '%m [%p] ',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
  };
}
