import { type CoreOptions, openSpecification } from './core.ts';

/** Run by core.ts as a process of its own, for what it leaves in the cache. */
const [options = ''] = process.argv.slice(2);
await openSpecification(JSON.parse(options) as CoreOptions, () => ''); // what core.ts hands over
