import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { readConfig, settings, unknownSettings } from './config.ts';
import { WrongSetting } from './config-checks.ts';

test('without any setting it is a server of this machine with an embedded database', () => {
  expect(readConfig({})).toMatchObject({
    port: 8103,
    host: '127.0.0.1',
    baseUrl: 'http://127.0.0.1:8103',
    database: null,
    data: resolve('.portico'),
    demo: true,
    packages: null,
    references: 'allow',
    allowLocalTokens: false,
    maxBody: 52_428_800,
    s3: null,
  });
});

test('with a database of its own the demo world is off until it is asked for', () => {
  const url = 'postgres://ada:p%40ss@db.example:6000/health?sslmode=verify-full';
  const config = readConfig({ DATABASE_URL: url });
  expect(config.demo).toBe(false);
  expect(config.database).toEqual({
    socket: null,
    host: 'db.example',
    port: 6000,
    user: 'ada',
    password: 'p@ss',
    database: 'health',
    tls: 'verify-full',
  });
  expect(readConfig({ DATABASE_URL: url, PORTICO_DEMO: 'on' }).demo).toBe(true);
});

test.each([
  [{ HOST: '0.0.0.0', PORT: '80' }, 'http://127.0.0.1:80'],
  [{ HOST: '::1' }, 'http://[::1]:8103'],
  [{ PORTICO_BASE_URL: 'https://fhir.example/' }, 'https://fhir.example'],
])('%j is reached at %s', (environment, baseUrl) => {
  expect(readConfig(environment).baseUrl).toBe(baseUrl);
});

test('a bucket takes the place of the folder for files', () => {
  expect(readConfig({ PORTICO_S3_BUCKET: 'files', PORTICO_S3_ENDPOINT: 'http://127.0.0.1:9000' }).s3).toEqual({
    bucket: 'files',
    prefix: 'portico/',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9000',
  });
});

test.each([
  ['PORT', '0'],
  ['PORT', '65536'],
  ['PORT', '8103 '],
  ['PORT', '1e3'],
  ['PORT', 'http'],
  ['PORTICO_DEMO', 'yes'],
  ['PORTICO_REFERENCES', 'check'],
  ['PORTICO_LOG', 'loud'],
  ['PORTICO_BASE_URL', 'portico.example'],
  ['PORTICO_BASE_URL', 'ftp://portico.example'],
  ['PORTICO_BASE_URL', 'https://portico.example/?a=b'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['DATABASE_URL', 'postgres://localhost/x?sslmode=maybe'],
  ['PORTICO_SECRET', 'short'],
  ['PORTICO_MAX_BODY', '0'],
  ['PORTICO_CONNECTIONS', '1'],
  ['PORTICO_TURN_URLS', 'https://relay.example'],
  ['PORTICO_TURN_URLS', 'turn:relay.example?transport=sctp'],
  ['PORTICO_TURN_SECRET', 'short'],
  ['PORTICO_LIVEKIT_URL', 'wss://media.example'],
  ['PORTICO_LIVEKIT_SECRET', 'short'],
])('%s=%s stops the start with what it must be', (name, value) => {
  const { must } = settings[name as keyof typeof settings];
  expect(() => readConfig({ [name]: value })).toThrow(new WrongSetting(`${name} must be ${must}.`));
});

test('a name that is no setting is noticed', () => {
  expect(unknownSettings({ PORTICO_PORT: '1', PORTICO_LOG: 'info', PATH: '/' })).toEqual(['PORTICO_PORT']);
});

describe('visits by video', () => {
  const secret = 'x'.repeat(32);
  const turn = { PORTICO_TURN_URLS: 'turn:a.example:3478?transport=udp, turns:a.example stun:b.example' };
  const livekit = { PORTICO_LIVEKIT_URL: 'https://media.example/', PORTICO_LIVEKIT_KEY: 'API1' };

  test('are held between browsers alone where nothing is set', () => {
    expect(readConfig({}).video).toEqual({ turn: null, livekit: null });
  });

  test('have relays with their secret, and what tells an address without one', () => {
    const urls = ['turn:a.example:3478?transport=udp', 'turns:a.example', 'stun:b.example'];
    expect(readConfig({ ...turn, PORTICO_TURN_SECRET: secret }).video.turn).toEqual({ urls, secret });
    expect(readConfig({ PORTICO_TURN_URLS: 'stun:b.example' }).video.turn).toEqual({
      urls: ['stun:b.example'],
      secret: null,
    });
  });

  test('have a media server with its key and secret', () => {
    const { video } = readConfig({ ...livekit, PORTICO_LIVEKIT_SECRET: secret });
    expect(video.livekit).toEqual({ url: 'https://media.example', key: 'API1', secret });
  });

  test.each([turn, { PORTICO_TURN_SECRET: secret }, livekit, { PORTICO_LIVEKIT_SECRET: secret }])(
    'are not set up by half: %o',
    (half) => {
      expect(() => readConfig(half)).toThrow(/must be set together/);
    },
  );
});
