import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What the server reads or writes on its own account, each by a decision of its own. */
const users = [
  'src/privacy/consents/consents.ts',
  'src/privacy/consents/recipient.ts',
  'src/privacy/consents/related-rows.ts',
  'src/privacy/gate/duties.ts',
  'src/privacy/copy/binaries.ts',
  'src/privacy/labels/relabel.ts',
  'src/privacy/corrections/decision.ts',
  'src/privacy/corrections/recipients.ts',
  'src/privacy/corrections/written.ts',
  'src/privacy/ledger/names.ts',
  'src/privacy/disclosures/disclose.ts',
  'src/privacy/made.ts',
  'src/privacy/operations/enroll-feed.ts',
  'src/privacy/parties/as-of.ts',
  'src/privacy/parties/rows.ts',
  'src/privacy/gate/reach.ts',
  'src/privacy/requests/requests.ts',
  'src/smart/brands.ts',
  'src/video/recording/consents.ts',
  'src/smart/consents/consents.ts',
  'src/video/booking/search-own.ts',
  'src/devices/device.ts',
].sort();

test('the grant of the server itself is used where it is known to be, and nowhere else', () => {
  const root = join(import.meta.dirname, '../../..');
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join('src', name))
    .filter((path) => /from '[^']*store\/system\.ts'/.test(readFileSync(join(root, path), 'utf8')));
  expect(files.sort()).toEqual(users);
});
