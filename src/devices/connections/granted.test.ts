import { expect, test } from 'vitest';

import { vendorOf } from '../vendors/index.ts';
import { measuresOf, type Vendor } from '../vendors/vendor.ts';
import { beyond, grantedScopes } from './granted.ts';

function vendor(id: string): Vendor {
  const found = vendorOf(id);
  if (!found) throw new Error(`there is no ${id}`);
  return found;
}

test('what was agreed to is what the vendor names, and what was asked for where it names nothing of its own', () => {
  const withings = vendor('withings');
  expect(grantedScopes(withings, 'user.metrics', null)).toEqual(['user.metrics']);
  expect(grantedScopes(withings, 'user.info,user.activity', null)).toEqual(['user.info', 'user.activity']);
  for (const named of [undefined, null, '', 'all', 7])
    expect(grantedScopes(withings, named, ['steps'])).toEqual(['user.activity', 'user.info']);
});

test('of whichever vendor everything comes once everything was agreed to, and nothing before', () => {
  for (const id of ['fitbit', 'google-health', 'withings', 'oura', 'garmin']) {
    const one = vendor(id);
    expect(beyond(one, grantedScopes(one, undefined, null), null), id).toEqual([]);
    expect(new Set(beyond(one, [], null)), id).toEqual(new Set(measuresOf(one)));
    for (const measure of measuresOf(one)) {
      const granted = grantedScopes(one, undefined, [measure]);
      expect(beyond(one, granted, [measure]), `${id} ${measure}`).toEqual([]);
    }
  }
});

test('what a vendor has nothing of is not missed', () => {
  expect(beyond(vendor('withings'), [], ['blood-glucose-of-nobody'])).toEqual([]);
});
