/**
 * How Postgres plans statements that find every row by its whole key: once per connection, and through indexes whatever the
 * statistics say. See Database.byKey.
 */
export const byKeySettings = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
} as const;

/** The same settings as Postgres has them by itself. */
export const usualSettings = {
  plan_cache_mode: 'auto',
  enable_seqscan: 'on',
  enable_hashjoin: 'on',
  enable_mergejoin: 'on',
} as const;
