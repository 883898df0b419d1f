import { expect, test } from 'vitest';

import { clientAssets, clientPath } from './client.ts';

test('every module that a module of visits imports is served beside it', () => {
  const assets = clientAssets();
  const missing = [...assets].flatMap(([path, { body }]) => {
    if (path.endsWith('livekit-client.js')) return [];
    const named = [...body.matchAll(/^(?:import|export)\b[^;'"]*?from\s+'([^']+)'/gm)].map(([, from = '']) => from);
    return named
      .filter((from) => !assets.has(new URL(from, `http://x${path}`).pathname))
      .map((from) => `${path} ${from}`);
  });
  expect(missing).toEqual([]);
});

test('modules are JavaScript under a name that changes with what is in them', () => {
  expect(clientPath('room')).toMatch(/^\/assets\/video\.[0-9a-f]{12}\/room\.js$/);
  expect(clientAssets().get(clientPath('room'))).toMatchObject({ contentType: 'text/javascript; charset=utf-8' });
  expect(clientAssets().get(clientPath('room-state'))?.body).not.toMatch(/^export type/m);
  expect(clientAssets().get(clientPath('livekit-client'))?.body.length).toBeGreaterThan(100_000);
  expect(() => clientPath('other')).toThrow('There is no other');
});
