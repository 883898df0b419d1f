import { expect, test } from 'vitest';

import { isGuessable } from './breached-passwords.ts';
import { passwordProblem } from './passwords.ts';
import { createTurns } from './turns.ts';

const user = { username: 'amara-osei', displayName: 'Amara Osei', email: 'amara@osei.example' };

test.each([
  ['eleven char', 'short'],
  ['a'.repeat(129), 'long'],
  ['correct horse battery', null],
  ['nur kleine buchstaben', null],
  ['пароль из слов', null],
  ['🦆🦆🦆 swim in 🌊', null],
  ['123qweasdzxc', 'guessable'],
  ['Leavemealone', 'guessable'],
  ['P@ssw0rd2024!!', 'guessable'],
  ['sunshine123456', 'guessable'],
  ['passwordpassword', 'guessable'],
  ['123456789012', 'guessable'],
  ['zyxwvutsrqponm', 'guessable'],
  ['aaaaaaaaaaaaaaa', 'guessable'],
  ['abcabcabcabcabc', 'guessable'],
  ['Amara-Osei-2024', 'guessable'],
  ['Portico20262026', 'guessable'],
])('the password %s is %s', async (password, problem) => {
  expect(await passwordProblem(password, user)).toBe(problem);
});

test('a long password of one character over and over is told quickly', async () => {
  const begun = performance.now();
  for (const password of [`${'a'.repeat(127)}b`, `${'ab'.repeat(63)}x`, 'aab'.repeat(42)])
    await isGuessable(password, []);
  expect(performance.now() - begun).toBeLessThan(500);
});

test('work waits for its turn, and what would wait too long is told at once', async () => {
  const turns = createTurns({ atOnce: 2, waiting: 3 });
  let running = 0;
  let most = 0;
  const work = async (): Promise<string> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 5));
    running -= 1;
    return 'done';
  };
  const all = await Promise.all(Array.from({ length: 8 }, () => turns(work)));
  expect(all.filter((one) => one === 'done')).toHaveLength(5);
  expect(all.filter((one) => one === null)).toHaveLength(3);
  expect(most).toBe(2);
  expect(await turns(work)).toBe('done');
});

test('work that fails gives its turn on', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 1 });
  await expect(turns(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await turns(async () => 1)).toBe(1);
});
