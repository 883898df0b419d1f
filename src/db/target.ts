/** Where a Postgres answers. `socket` is the path of a Unix socket and takes the place of host and port. */
export type Target = {
  socket: string | null;
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  tls: Tls;
};

/** As libpq's sslmode: `require` encrypts and trusts any certificate, `verify-full` checks it and the name. */
export type Tls = 'disable' | 'require' | 'verify-full';

/**
 * The parts of a DATABASE_URL: `postgres://user:password@host:5432/database?sslmode=require`.
 *
 * @throws Error where it is not such a URL
 */
export function targetOf(url: string): Target {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new Error('must begin with postgres://');
  const mode = searchParams.get('sslmode') ?? 'disable';
  const socket = searchParams.get('host');
  return {
    socket: socket?.startsWith('/') ? `${socket}/.s.PGSQL.${port || 5432}` : null,
    host: hostname || 'localhost',
    port: Number(port || 5432),
    user: decodeURIComponent(username) || 'postgres',
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    tls: tlsOf(mode),
  };
}

function tlsOf(mode: string): Tls {
  if (mode === 'disable' || mode === 'require') return mode;
  if (mode === 'verify-full' || mode === 'verify-ca') return 'verify-full';
  throw new Error(`has sslmode=${mode}; it must be disable, require or verify-full`);
}
