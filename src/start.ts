import { join } from 'node:path';
import type { Logger } from 'pino';

import manifest from '../package.json' with { type: 'json' };
import type { Config } from './config.ts';
import { compileSpecification, createCore, openSpecification } from './core.ts';
import { openDatabase, patientKeysOf } from './database.ts';
import { type Blobs, folderBlobs } from './db/blobs.ts';
import type { Database } from './db/database.ts';
import { openErasureLog } from './db/erasure-log.ts';
import type { PatientKeys } from './db/patient-keys.ts';
import { sealedBlobs } from './db/sealed-blobs.ts';
import { demoAccounts } from './demo/accounts.ts';
import { cast } from './demo/cast.ts';
import { seedDemo } from './demo/seed.ts';
import { connectionsFollowed } from './devices/connections/withdrawn.ts';
import type { DeviceParts } from './devices/deps.ts';
import { deviceJobsOf } from './devices/jobs/index.ts';
import { createLimits } from './devices/limits.ts';
import { rollUpsFollowed } from './devices/rollups/followed.ts';
import { openCache } from './fhir/definitions/cache.ts';
import { compartmentTypes } from './fhir/definitions/compartments.ts';
import { typeOfNumber } from './fhir/resources.ts';
import { createPredicates } from './fhir/search/predicate.ts';
import { createGuardedFetch } from './net/guard.ts';
import { createReadConsents } from './privacy/consents/consents.ts';
import { eraseAgain } from './privacy/erase/erase-again.ts';
import { anonymousGrant, createDecide } from './privacy/gate/decide.ts';
import { createReadFacts } from './privacy/gate/duties.ts';
import { createReach } from './privacy/gate/reach.ts';
import { jobHandlers } from './privacy/jobs/index.ts';
import { withLabels } from './privacy/labels/labelled.ts';
import { keepCheckpoints } from './privacy/ledger/checkpoints.ts';
import { createRecord } from './privacy/ledger/record.ts';
import { noticed } from './privacy/part-two/part-two-answers.ts';
import { keptByLaw } from './privacy/retention/kept.ts';
import { watched } from './privacy/watch/watch.ts';
import { createAuthenticate } from './smart/authenticate.ts';
import { registrationOf } from './smart/clients/client-standing.ts';
import { seedDemoClients } from './smart/clients/demo-clients.ts';
import type { SmartContext } from './smart/context.ts';
import { keepHouse } from './smart/housekeeping.ts';
import { seedDemoAccounts } from './smart/people/demo-accounts.ts';
import { openDemo, shutDemo } from './smart/people/demo-door.ts';
import { createOnRefused } from './smart/refused-requests.ts';
import { smartRoutes } from './smart/routes.ts';
import { deriveKey, openSecret } from './smart/secret.ts';
import { type Keys, openKeys } from './smart/tokens/keys.ts';
import { placeOf } from './smart/tokens/tokens.ts';
import { readUdapSettings } from './smart/udap/settings.ts';
import { slotsFollowed } from './video/booking/followed-slots.ts';
import { videoJobsOf } from './video/jobs/index.ts';
import { providersOf } from './video/providers/index.ts';
import { createSignalling } from './video/signalling/signalling.ts';
import { followed } from './video/visits/followed.ts';
import { createApp, fhirPath } from './web/app.ts';
import { devicePages } from './web/device-pages.ts';
import { operationsOf } from './web/features.ts';
import { isReady } from './web/health.ts';
import { listen } from './web/listen.ts';
import { createMetrics } from './web/metrics.ts';
import { pages } from './web/pages/pages.ts';
import { privacyPages } from './web/privacy-pages.ts';
import { addressOf, upgradeTo } from './web/sockets.ts';
import { createTenants } from './web/tenants.ts';
import { videoPages } from './web/video-pages.ts';
import { startWorker } from './web/worker.ts';

export type Running = {
  baseUrl: string;
  keys: Keys;
  smart: SmartContext;
  /** Finishes what is in flight, closes the database and stops the embedded Postgres. */
  stop(): Promise<void>;
};

/** ms that requests in flight have to finish. */
const DRAIN = 10_000;

/**
 * Opens everything and listens.
 *
 * @throws Error, with a sentence for the operator; nothing is left running then
 */
export async function start(config: Config, log: Logger): Promise<Running> {
  const begun = performance.now();
  const timings: Record<string, number> = {};
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const value = await work;
    timings[name] = Math.round(performance.now() - begun);
    return value;
  };
  const baseOf = (tenant: number): string => placeOf(config.baseUrl, tenant).audience;
  const compiling = { packages: config.packages, mandatoryProfiles: config.mandatoryProfiles, cache: config.compiled };
  const patientKeys = patientKeysOf(config);
  const opening = timed('database', openDatabase(config, log, patientKeys));
  // While Postgres starts the specification is loaded; if that fails, Postgres must not be left behind.
  const [specification, opened] = await Promise.allSettled([
    timed(
      'specification',
      compileSpecification(compiling).then(() => openSpecification(compiling, baseOf)),
    ),
    opening,
  ]);
  if (opened.status === 'rejected') throw opened.reason;
  const database = opened.value;
  try {
    if (specification.status === 'rejected') throw specification.reason;
    const secret = openSecret(config.secret, join(config.data, 'secret'));
    // What is wrong with them is told now and not to the first client.
    if (config.udap) readUdapSettings(config.udap);
    const keys = openKeys(database, secret);
    const erasureLog = openErasureLog(join(config.data, 'erasures.ndjson'));
    const parts = {
      database,
      blobs: await openBlobs(config, patientKeys),
      ...(patientKeys === null ? {} : { patientKeys }),
      erasureLog,
      settings: {
        references: config.references,
        cursorKey: deriveKey(secret, 'cursor'),
        keyOf: (use: string) => deriveKey(secret, use),
        baseOf,
        maxEntries: config.maxEntries,
      },
      now: Date.now,
      onFault: (error: unknown) => log.error({ err: error }, 'an entry of a Bundle failed by a fault of ours'),
    };
    const providers = providersOf({ ...config.video, recordings: config.s3, now: Date.now });
    const guardedFetch = createGuardedFetch({ allow: config.allowAddresses });
    const devices: DeviceParts = { vendors: config.vendors, fetch: guardedFetch, limits: createLimits() };
    const context = createCore(specification.value, parts, operationsOf(providers, devices));
    if (config.demo)
      await timed('demo', seedDemo({ ...context, label: (made) => withLabels(made, null, false) }, config.baseUrl));
    const decide = createDecide(
      compartmentTypes(context.definitions, 'Patient'),
      createPredicates(context.definitions, openCache(config.compiled)),
      createReadFacts(context, createReadConsents(context), (tenant, client) =>
        registrationOf(database.byKey, tenant, client),
      ),
    );
    context.decide = decide;
    context.record = rollUpsFollowed(
      context,
      connectionsFollowed(context, followed(context, slotsFollowed(context, createRecord(context)))),
    );
    context.dispatch = watched(context, noticed(context, context.dispatch));
    const isTenant = createTenants(database);
    const smart: SmartContext = {
      database,
      fhir: context,
      keys,
      secret,
      decide,
      baseUrl: config.baseUrl,
      fetch: guardedFetch,
      settings: { demo: config.demo, providers: config.providers, behindProxy: config.behindProxy, udap: config.udap },
      now: Date.now,
      onFault: (error: unknown) => log.error({ err: error }, 'the authorization server met a fault of ours'),
    };
    if (config.demo) {
      await seedDemoClients(smart);
      await timed('demo accounts', seedDemoAccounts(smart, demoAccounts));
      await openDemo(smart);
    } else await shutDemo(smart);
    const signalling = createSignalling(context, providers, {
      origins: [new URL(config.baseUrl).origin],
      target: opened.value.target,
      log,
      addressOf: addressOf(config.behindProxy),
    });
    const metrics = createMetrics();
    const app = createApp({
      fhir: context,
      authenticate: createAuthenticate({
        database: database.byKey,
        keys,
        baseUrl: config.baseUrl,
        reach: createReach(context),
      }),
      decide,
      onRefused: createOnRefused(smart),
      smart: smartRoutes(smart, isTenant),
      privacy: privacyPages(smart, isTenant),
      video: videoPages(smart, providers, isTenant),
      devices: devicePages(smart, devices, isTenant, { log, metrics }),
      metrics,
      log,
      maxBody: config.maxBody,
      anonymous: anonymousGrant,
      baseOf,
      isTenant,
      database,
      pages: pages({
        origin: config.baseUrl,
        base: `${config.baseUrl}${fhirPath}`,
        version: manifest.version,
        demo: config.demo ? cast : null,
        healthy: () => isReady(database),
        counts: async () => (config.demo ? countTypes(database) : null),
        now: Date.now,
      }),
    });
    // A backup that was restored may know of people again who were erased: before anybody asks, they are gone.
    const again = await eraseAgain(context, await erasureLog.all(), keptByLaw);
    if (again > 0) log.warn({ records: again }, 'records that had been erased were there again, and were erased');
    const endHousekeeping = keepHouse(smart);
    const endCheckpoints = keepCheckpoints(context, join(config.data, 'checkpoints'));
    const endWork = startWorker(context, [...jobHandlers, ...videoJobsOf(providers), ...deviceJobsOf(devices)]);
    const listening = await timed(
      'listening',
      listen({ ...app, upgrade: upgradeTo(signalling, isTenant) }, config.host, config.port, { tls: config.tls }),
    );
    log.debug(timings, 'started; ms from the beginning');
    return {
      baseUrl: config.baseUrl,
      keys,
      smart,
      async stop() {
        await signalling.close();
        await listening.close(DRAIN);
        await Promise.all([endHousekeeping(), endWork()]);
        await endCheckpoints();
        await context.fhirPath.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openBlobs(config: Config, patientKeys: PatientKeys | null): Promise<Blobs> {
  const plain = await openPlace(config);
  return patientKeys === null ? plain : sealedBlobs(plain, patientKeys, config.shred);
}

async function openPlace({ s3, data }: Config): Promise<Blobs> {
  if (s3 === null) return folderBlobs(join(data, 'blobs'));
  // The SDK takes longer to load than all of the rest of db.
  const { s3Blobs } = await import('./db/blobs-s3.ts');
  return s3Blobs(s3);
}

/** How many resources of each type the demo world has by now. */
async function countTypes(database: Database): Promise<Record<string, number>> {
  const rows = await database.query('select type, count(*)::int from resource where tenant = 1 group by type');
  return Object.fromEntries(rows.map(([type, count]) => [typeOfNumber(Number(type)), Number(count)]));
}
