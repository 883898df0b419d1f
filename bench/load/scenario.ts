import type { Client } from './client.ts';

/** One iteration of one user; false when there is no work left. */
export type Iteration = () => Promise<boolean>;

/** Makes the iteration of a user; what all users share is made once, by the function that returns this. */
export type User = (client: Client) => Iteration;
