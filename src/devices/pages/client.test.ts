import { expect, test } from 'vitest';

import { clientAssets, clientPath } from './client.ts';

test('every module that a module of charts imports is served beside it, as JavaScript', () => {
  const assets = clientAssets();
  const missing = [...assets].flatMap(([path, { body }]) =>
    [...body.matchAll(/^import\b[^;'"]*?from\s+'([^']+)'/gm)]
      .map(([, from = '']) => from)
      .filter((from) => !assets.has(new URL(from, `http://x${path}`).pathname)),
  );
  expect(missing).toEqual([]);
  expect(clientPath('chart.js')).toMatch(/^\/assets\/devices\.[0-9a-f]{12}\/chart\.js$/);
  expect(assets.get(clientPath('chart.js'))?.body).toContain("from './uplot.js'");
  expect(assets.get(clientPath('chart.js'))?.body).not.toMatch(/import type|: ChartData/);
  expect(assets.get(clientPath('uplot.js'))?.body).toContain('export {');
  expect(() => clientPath('other.js')).toThrow('There is no other.js');
});
