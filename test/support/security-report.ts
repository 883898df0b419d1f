import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const root = join(import.meta.dirname, '../..');

function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/**
 * Leaves `conformance/security-report.json` behind a run: each obligation (O-…) and attack (A-…) with its tests and how they
 * went. `{ commit, finished, ids: { "O-84": { passed, failed, skipped } } }`
 */
export class SecurityReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ids: Record<string, { passed: number; failed: number; skipped: number }> = {};
    for (const module of modules) {
      for (const one of module.children.allTests()) {
        const [found = ''] = /^(?:[OA]-\d+ )+/.exec(one.name) ?? [];
        for (const id of found.trim().split(' ').filter(Boolean)) {
          ids[id] ??= { passed: 0, failed: 0, skipped: 0 };
          const { state } = one.result();
          if (state !== 'pending') ids[id][state] += 1;
        }
      }
    }
    const sorted = Object.fromEntries(
      Object.entries(ids).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
    );
    const report = { commit: commit(), finished: new Date().toISOString(), ids: sorted };
    writeFileSync(join(root, 'conformance/security-report.json'), `${JSON.stringify(report, null, 2)}\n`);
  }
}
